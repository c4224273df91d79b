/** Tests of sinks, with servers on loopback. */
@NullMarked
package dev.codesource.sink;

import org.jspecify.annotations.NullMarked;
