@NullMarked
package dev.codesource.builder;

import org.jspecify.annotations.NullMarked;
