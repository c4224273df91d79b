/** SHA-256, which every Java platform has. */
@NullMarked
package dev.codesource.digest;

import org.jspecify.annotations.NullMarked;
