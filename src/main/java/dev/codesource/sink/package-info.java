/** The HTTP endpoints that an administrator sets up, and what they are sent. */
@NullMarked
package dev.codesource.sink;

import org.jspecify.annotations.NullMarked;
