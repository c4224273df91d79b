/** git itself, as a server that demands a login and as the clients that have one. */
@NullMarked
package dev.codesource.gitserver;

import org.jspecify.annotations.NullMarked;
