@NullMarked
package dev.codesource.publish;

import org.jspecify.annotations.NullMarked;
