@NullMarked
package dev.codesource.deploytoken;

import org.jspecify.annotations.NullMarked;
