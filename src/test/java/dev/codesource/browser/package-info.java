/** A real browser. */
@NullMarked
package dev.codesource.browser;

import org.jspecify.annotations.NullMarked;
