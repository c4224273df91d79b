package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import java.util.Objects;
import java.util.Optional;

/** The status of a trigger, if it is of the trigger's current generation. */
final class ObservedStatus {

  private ObservedStatus() {}

  /** Empty: there is no status yet, or the spec was changed since. */
  static Optional<TriggerStatus> of(CodeSourceTrigger trigger) {
    return Optional.ofNullable(trigger.getStatus())
        .filter(
            status ->
                Objects.equals(status.observedGeneration(), trigger.getMetadata().getGeneration()));
  }
}
