package dev.codesource.web.console;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A trigger in the list. */
record TriggerRow(
    String name,
    String repository,
    StatusWord status,
    @Nullable String noticedBy,
    @Nullable String lastDelivery) {

  static TriggerRow of(CodeSourceTrigger trigger, Instant now) {
    return new TriggerRow(
        trigger.getMetadata().getName(),
        trigger.getSpec().repository(),
        StatusWord.of(trigger, now),
        noticedBy(trigger),
        webhook(trigger).map(TriggerStatus.Webhook::lastDeliveryAt).map(Times::shown).orElse(null));
  }

  static Optional<TriggerStatus.Webhook> webhook(CodeSourceTrigger trigger) {
    return Optional.ofNullable(trigger.getStatus()).map(TriggerStatus::webhook);
  }

  /** The webhook with its state, or the interval alone. */
  static @Nullable String noticedBy(CodeSourceTrigger trigger) {
    return webhook(trigger)
        .map(TriggerStatus.Webhook::state)
        .map(
            state ->
                switch (state) {
                  case Active -> "webhook";
                  case Silent -> "webhook, which is silent";
                  case Failed -> "asking; the webhook failed";
                })
        .or(
            () ->
                Optional.ofNullable(trigger.getStatus())
                    .map(TriggerStatus::mode)
                    .map(mode -> mode == TriggerStatus.Mode.Poll ? "asking" : "webhook"))
        .orElse(null);
  }
}
