package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.EventRecorder;
import io.fabric8.kubernetes.api.model.Condition;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Reports transitions: a Kubernetes Event and a line in the log for each. */
@Singleton
public final class TransitionEvents {

  private final EventRecorder recorder;

  TransitionEvents(EventRecorder recorder) {
    this.recorder = recorder;
  }

  /** Reports the differences between the next status and the present one. */
  void announce(CodeSourceBinding binding, BindingStatus next) {
    Optional<BindingStatus> previous = Optional.ofNullable(binding.getStatus());
    boolean isTransition =
        previous.map(BindingStatus::phase).orElse(null) != next.phase()
            || !reason(previous, ConditionType.Ready).equals(reason(next, ConditionType.Ready));
    if (isTransition) {
      announceTransition(binding, next);
    } else {
      changed(previous, next, ConditionType.Reachable).ifPresent(now -> emit(binding, now));
    }
    // A notice of expiry may come with the transition to Bound, and is a separate Event.
    changed(previous, next, ConditionType.CredentialFresh)
        .filter(now -> !isTransition || Reason.TokenExpiring.name().equals(now.getReason()))
        .ifPresent(now -> emit(binding, now));
    announcePublishing(binding, previous, next);
  }

  private void announceTransition(CodeSourceBinding binding, BindingStatus next) {
    if (next.phase() == BindingStatus.Phase.Suspended) {
      // Ready still says what was found before.
      emit(binding, Reason.Suspended, Reason.Suspended.meaning() + " " + Reason.Suspended.remedy());
    } else {
      Conditions.of(next, ConditionType.Ready).ifPresent(ready -> emit(binding, ready));
    }
  }

  /** Reports the result of publishing, unless {@code Ready} reports it already. */
  private void announcePublishing(
      CodeSourceBinding binding, Optional<BindingStatus> previous, BindingStatus next) {
    Conditions.of(next, ConditionType.Published)
        .filter(
            now -> !reason(previous, ConditionType.Published).equals(Optional.of(now.getReason())))
        .ifPresent(
            now -> {
              Reason reason = Reason.valueOf(now.getReason());
              switch (reason) {
                case Published, Stale, Withdrawn -> emit(binding, reason, now.getMessage());
                default -> {}
              }
            });
  }

  /** A condition whose message differs from the one in the previous status. */
  private static Optional<Condition> changed(
      Optional<BindingStatus> previous, BindingStatus next, ConditionType type) {
    Optional<String> before =
        previous.flatMap(status -> Conditions.of(status, type)).map(Condition::getMessage);
    return Conditions.of(next, type).filter(now -> !Optional.of(now.getMessage()).equals(before));
  }

  private void emit(CodeSourceBinding binding, Condition condition) {
    emit(binding, Reason.valueOf(condition.getReason()), condition.getMessage());
  }

  private void emit(CodeSourceBinding binding, Reason reason, String note) {
    recorder.record(binding, reason, note);
  }

  private static Optional<String> reason(BindingStatus status, ConditionType type) {
    return Conditions.of(status, type).map(Condition::getReason);
  }

  private static Optional<String> reason(Optional<BindingStatus> status, ConditionType type) {
    return status.flatMap(known -> reason(known, type));
  }
}
