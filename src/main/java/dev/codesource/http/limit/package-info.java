/** The concurrency limit and the back-off of each host, which all its bindings share. */
@NullMarked
package dev.codesource.http.limit;

import org.jspecify.annotations.NullMarked;
