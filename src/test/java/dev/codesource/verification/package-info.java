@NullMarked
package dev.codesource.verification;

import org.jspecify.annotations.NullMarked;
