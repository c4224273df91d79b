/** The list of the platforms' code hosts. */
@NullMarked
package dev.codesource.codehost.all;

import org.jspecify.annotations.NullMarked;
