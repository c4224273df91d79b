/** The endpoint to which code hosts send the deliveries of webhooks. */
@NullMarked
package dev.codesource.web.webhook;

import org.jspecify.annotations.NullMarked;
