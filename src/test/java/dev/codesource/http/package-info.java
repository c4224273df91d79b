@NullMarked
package dev.codesource.http;

import org.jspecify.annotations.NullMarked;
