package dev.codesource.controller.trigger;

import dev.codesource.reason.Problem;
import java.time.Instant;
import java.util.Optional;

/** What a reconciliation found out about the webhook of a trigger. */
sealed interface WebhookFinding {

  /** There is to be none. */
  record None() implements WebhookFinding {}

  /**
   * It is as it should be.
   *
   * @param secretName of the Secret in which it is kept
   * @param silence that something was pushed of which no delivery told; empty: not so
   * @param handled the request for a new secret that was handled last
   */
  record Kept(
      String secretName,
      String id,
      Instant rotatedAt,
      Optional<Problem> silence,
      Optional<String> handled)
      implements WebhookFinding {}

  /** It could not be made, compared or deleted. */
  record Failed(Problem problem) implements WebhookFinding {}

  /**
   * Nobody looked at it.
   *
   * @param isDelivering whether a delivery came of it
   */
  record AsBefore(boolean isDelivering) implements WebhookFinding {}
}
