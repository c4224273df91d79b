@NullMarked
package dev.codesource.host;

import org.jspecify.annotations.NullMarked;
