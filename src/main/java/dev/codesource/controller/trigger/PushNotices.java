package dev.codesource.controller.trigger;

import dev.codesource.api.TriggerStatus.FoundBy;
import dev.codesource.build.DueCommit;
import java.time.Instant;
import java.util.Optional;

/**
 * How pushes are noticed.
 *
 * @param foundBy what led to the comparison
 * @param requested what is due because a user asked for it
 * @param lastDelivery that this process knows of
 */
record PushNotices(
    WebhookFinding webhook,
    FoundBy foundBy,
    Optional<DueCommit> requested,
    Optional<Instant> lastDelivery) {

  /** Nobody looked. */
  static PushNotices asBefore(Optional<Instant> lastDelivery) {
    return new PushNotices(
        new WebhookFinding.AsBefore(false), FoundBy.Poll, Optional.empty(), lastDelivery);
  }

  /** Why a commit is due that was not due before. */
  FoundBy of(DueCommit due) {
    return requested.filter(due::equals).isPresent() ? FoundBy.Annotation : foundBy;
  }
}
