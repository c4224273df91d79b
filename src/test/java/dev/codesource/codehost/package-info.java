@NullMarked
package dev.codesource.codehost;

import org.jspecify.annotations.NullMarked;
