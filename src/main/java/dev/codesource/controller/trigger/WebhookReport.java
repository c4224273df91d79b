package dev.codesource.controller.trigger;

import static dev.codesource.reason.ConditionType.WebhookReady;

import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.Mode;
import dev.codesource.api.TriggerStatus.Webhook;
import dev.codesource.api.TriggerStatus.WebhookState;
import dev.codesource.reason.Problem;
import dev.codesource.status.ConditionSet;
import dev.codesource.status.Timestamp;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Computes what the next status of a trigger says of its webhook. */
final class WebhookReport {

  /** A delivery may come with each push, and a status is not written for each. */
  private static final Duration BETWEEN_DELIVERIES = Duration.ofHours(1);

  private WebhookReport() {}

  /** The webhook of a status, if there is to be one. */
  static Optional<Webhook> in(Optional<TriggerStatus> status) {
    return status.map(TriggerStatus::webhook);
  }

  /** Whether deliveries can be expected. */
  static boolean isActive(Optional<TriggerStatus> status) {
    return has(WebhookState.Active, status);
  }

  static boolean has(WebhookState state, Optional<TriggerStatus> status) {
    return in(status).filter(webhook -> webhook.state() == state).isPresent();
  }

  /** The webhook in the next status; sets its condition. */
  static Optional<Webhook> next(
      Optional<TriggerStatus> previous, WebhookFinding finding, ConditionSet conditions) {
    return switch (finding) {
      case WebhookFinding.None _ -> Optional.empty();
      case WebhookFinding.Kept kept -> Optional.of(kept(in(previous), kept, conditions));
      case WebhookFinding.Failed(var problem) ->
          Optional.of(failed(in(previous), problem, conditions));
      case WebhookFinding.AsBefore(var isDelivering) -> {
        if (isDelivering && has(WebhookState.Silent, previous)) {
          conditions.succeeded(WebhookReady);
          yield in(previous).map(webhook -> with(webhook, WebhookState.Active));
        }
        conditions.keep(WebhookReady);
        yield in(previous);
      }
    };
  }

  private static Webhook kept(
      Optional<Webhook> before, WebhookFinding.Kept kept, ConditionSet conditions) {
    kept.silence()
        .ifPresentOrElse(
            problem -> conditions.set(WebhookReady, "False", problem.reason(), problem.message()),
            () -> conditions.succeeded(WebhookReady));
    return new Webhook(
        kept.id(),
        kept.silence().isPresent() ? WebhookState.Silent : WebhookState.Active,
        kept.secretName(),
        Timestamp.of(kept.rotatedAt()),
        before
            .filter(webhook -> kept.secretName().equals(webhook.secretName()))
            .filter(webhook -> kept.id().equals(webhook.id()))
            .map(Webhook::lastDeliveryAt)
            .orElse(null),
        kept.handled().orElse(null));
  }

  /** With what there may be at the code host. */
  private static Webhook failed(
      Optional<Webhook> before, Problem problem, ConditionSet conditions) {
    conditions.set(WebhookReady, "False", problem.reason(), problem.message());
    return before
        .map(webhook -> with(webhook, WebhookState.Failed))
        .orElseGet(() -> new Webhook(null, WebhookState.Failed, null, null, null, null));
  }

  private static Webhook with(Webhook webhook, WebhookState state) {
    return new Webhook(
        webhook.id(),
        state,
        webhook.secretName(),
        webhook.secretRotatedAt(),
        webhook.lastDeliveryAt(),
        webhook.lastHandledRotation());
  }

  /** How pushes are noticed with this webhook. */
  static Mode mode(Optional<Webhook> webhook) {
    return webhook.filter(some -> some.state() == WebhookState.Active).isPresent()
        ? Mode.Webhook
        : Mode.Poll;
  }

  /**
   * The status with the time of the last delivery. For the time alone it differs from the one
   * before once an hour at most.
   *
   * @param status with the time that the previous one has
   */
  static TriggerStatus withDelivery(
      TriggerStatus status, Optional<TriggerStatus> previous, Optional<Instant> lastDelivery) {
    @Nullable Webhook webhook = status.webhook();
    if (webhook == null || lastDelivery.isEmpty()) {
      return status;
    }
    Instant delivery = lastDelivery.get();
    Optional<Instant> known =
        Optional.ofNullable(webhook.lastDeliveryAt()).flatMap(WebhookReport::time);
    boolean isDue =
        known.map(time -> !delivery.isBefore(time.plus(BETWEEN_DELIVERIES))).orElse(true);
    boolean isNewer = known.map(delivery::isAfter).orElse(true);
    return isNewer && (isDue || previous.filter(status::equals).isEmpty())
        ? status.with(
            new Webhook(
                webhook.id(),
                webhook.state(),
                webhook.secretName(),
                webhook.secretRotatedAt(),
                Timestamp.of(delivery),
                webhook.lastHandledRotation()))
        : status;
  }

  /** Empty: somebody else wrote it. */
  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
