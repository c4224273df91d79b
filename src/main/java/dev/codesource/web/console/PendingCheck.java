package dev.codesource.web.console;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether the operator has yet to answer to what a person has stored, changed or asked for. What
 * the status says until then is from before.
 */
final class PendingCheck {

  static final String SENTENCE =
      "Stored; being checked. This page shows the result when the operator has it.";

  /** After this time what was found before is worth more than the promise of something new. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private PendingCheck() {}

  static boolean is(CodeSourceBinding binding, Instant now) {
    BindingStatus status = binding.getStatus();
    return status != null
        && status.phase() != null
        && status.observedGeneration() != null
        && status.observedGeneration() > 0
        && binding.getMetadata().getDeletionTimestamp() == null
        && !Boolean.TRUE.equals(binding.getSpec().suspend())
        && (!status.observedGeneration().equals(binding.getMetadata().getGeneration())
            || isAsked(binding, status, now));
  }

  /** A time is what the console itself asks with. */
  private static boolean isAsked(CodeSourceBinding binding, BindingStatus status, Instant now) {
    Optional<String> asked =
        Optional.ofNullable(binding.getMetadata().getAnnotations())
            .map(all -> all.get(CodeSourceBinding.REQUESTED_AT))
            .filter(value -> !Objects.equals(value, status.lastHandledRequestedAt()));
    return asked.flatMap(Times::read).filter(time -> time.plus(LONGEST).isAfter(now)).isPresent();
  }
}
