package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.Webhook;
import dev.codesource.runtime.Annotations;
import java.util.Optional;

/** The annotation by which a user requests a new secret for the webhook. */
final class RotationRequest {

  private RotationRequest() {}

  static Optional<String> of(CodeSourceTrigger trigger) {
    return Annotations.of(trigger, CodeSourceTrigger.ROTATE_SECRET);
  }

  /**
   * Whether there is a request that has not been handled. One that is as old as the webhook is
   * none: its secret is new.
   */
  static boolean isOpen(CodeSourceTrigger trigger) {
    return of(trigger).isPresent()
        && Optional.ofNullable(trigger.getStatus())
            .map(TriggerStatus::webhook)
            .filter(webhook -> webhook.id() != null)
            .filter(webhook -> !of(trigger).equals(handled(webhook)))
            .isPresent();
  }

  private static Optional<String> handled(Webhook webhook) {
    return Optional.ofNullable(webhook.lastHandledRotation());
  }
}
