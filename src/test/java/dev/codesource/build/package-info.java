@NullMarked
package dev.codesource.build;

import org.jspecify.annotations.NullMarked;
