/** Which bindings are a process's own, and when it may begin to work on them. */
@NullMarked
package dev.codesource.shard;

import org.jspecify.annotations.NullMarked;
