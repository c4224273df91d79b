/** Tests of the plug-in {@code kubectl codesource}. */
@NullMarked
package dev.codesource.cli;

import org.jspecify.annotations.NullMarked;
