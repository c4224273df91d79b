/** The webhooks that the operator keeps at code hosts, and the deliveries that come of them. */
@NullMarked
package dev.codesource.webhook;

import org.jspecify.annotations.NullMarked;
