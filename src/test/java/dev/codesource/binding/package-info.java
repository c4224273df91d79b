@NullMarked
package dev.codesource.binding;

import org.jspecify.annotations.NullMarked;
