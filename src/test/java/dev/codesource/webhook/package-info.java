@NullMarked
package dev.codesource.webhook;

import org.jspecify.annotations.NullMarked;
