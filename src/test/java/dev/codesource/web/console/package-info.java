/** The console, without a cluster. */
@NullMarked
package dev.codesource.web.console;

import org.jspecify.annotations.NullMarked;
