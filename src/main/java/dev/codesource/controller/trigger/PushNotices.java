package dev.codesource.controller.trigger;

import dev.codesource.api.TriggerStatus.Mode;
import java.time.Instant;
import java.util.Optional;

/**
 * How pushes are noticed.
 *
 * @param foundBy what led to the comparison
 * @param lastDelivery that this process knows of
 */
record PushNotices(WebhookFinding webhook, Mode foundBy, Optional<Instant> lastDelivery) {

  /** Nobody looked. */
  static PushNotices asBefore(Optional<Instant> lastDelivery) {
    return new PushNotices(new WebhookFinding.AsBefore(false), Mode.Poll, lastDelivery);
  }
}
