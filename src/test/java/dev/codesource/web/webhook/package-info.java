@NullMarked
package dev.codesource.web.webhook;

import org.jspecify.annotations.NullMarked;
