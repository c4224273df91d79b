/** The settings, and the wiring of the other packages from them. */
@NullMarked
package dev.codesource.app;

import org.jspecify.annotations.NullMarked;
