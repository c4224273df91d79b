@NullMarked
package dev.codesource.platform;

import org.jspecify.annotations.NullMarked;
