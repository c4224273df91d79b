/** Which rule builds which commit, and what the image is called. Pure functions. */
@NullMarked
package dev.codesource.build;

import org.jspecify.annotations.NullMarked;
