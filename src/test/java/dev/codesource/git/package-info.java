@NullMarked
package dev.codesource.git;

import org.jspecify.annotations.NullMarked;
