package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.runtime.Annotations;
import java.util.Optional;

/** The annotation by which a user requests a comparison now. */
final class TriggerRequest {

  private TriggerRequest() {}

  static Optional<String> of(CodeSourceTrigger trigger) {
    return Annotations.of(trigger, CodeSourceTrigger.REQUESTED_AT);
  }

  /** Whether there is a request that has not been handled. */
  static boolean isOpen(CodeSourceTrigger trigger) {
    Optional<String> handled =
        Optional.ofNullable(trigger.getStatus()).map(TriggerStatus::lastHandledRequestedAt);
    return of(trigger).isPresent() && !of(trigger).equals(handled);
  }
}
