package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.EventRecorder;
import dev.codesource.status.ConditionSet;
import io.fabric8.kubernetes.api.model.Condition;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reports transitions of triggers, and what became due: an Event and a line in the log for each.
 */
@Singleton
final class TriggerEvents {

  /** So many are named; an Event has 1 024 characters. */
  private static final int NAMED = 5;

  private static final int LONGEST_NAME = 100;
  private static final int SHORT = 7;

  private final EventRecorder recorder;

  TriggerEvents(EventRecorder recorder) {
    this.recorder = recorder;
  }

  /** What became due by one comparison, in one Event. */
  void due(CodeSourceTrigger trigger, List<DueCommit> due) {
    if (!due.isEmpty()) {
      String named =
          due.stream().limit(NAMED).map(TriggerEvents::words).collect(Collectors.joining(", "));
      recorder.record(trigger, Reason.CommitDue, named + rest(due.size()) + ".");
    }
  }

  private static String words(DueCommit due) {
    return "%s at %s (rule %s)"
        .formatted(cut(due.ref()), due.sha().substring(0, SHORT), due.rule());
  }

  /** Tags that were moved, in one Event. */
  void moved(CodeSourceTrigger trigger, List<GitRef> moved) {
    if (!moved.isEmpty()) {
      String named =
          moved.stream().limit(NAMED).map(TriggerEvents::cut).collect(Collectors.joining(", "));
      recorder.record(
          trigger,
          Reason.TagMoved,
          "Moved: %s%s. %s".formatted(named, rest(moved.size()), Reason.TagMoved.remedy()));
    }
  }

  private static String cut(GitRef ref) {
    String name = ref.fullName();
    return name.codePointCount(0, name.length()) <= LONGEST_NAME
        ? name
        : name.substring(0, name.offsetByCodePoints(0, LONGEST_NAME - 1)) + "…";
  }

  private static String rest(int all) {
    return all > NAMED ? " and %d more".formatted(all - NAMED) : "";
  }

  /** Reports a change of {@code Ready} or of the phase. */
  void transition(CodeSourceTrigger trigger, TriggerStatus next) {
    Optional<TriggerStatus> previous = Optional.ofNullable(trigger.getStatus());
    boolean isSame =
        previous.map(TriggerStatus::phase).orElse(null) == next.phase()
            && reason(previous).equals(reason(Optional.of(next)));
    if (isSame) {
      return;
    }
    if (next.phase() == TriggerStatus.Phase.Suspended) {
      recorder.record(
          trigger, Reason.Suspended, Reason.Suspended.meaning() + " " + Reason.Suspended.remedy());
      return;
    }
    ConditionSet.find(next.conditions(), ConditionType.Ready)
        .ifPresent(
            ready ->
                recorder.record(trigger, Reason.valueOf(ready.getReason()), ready.getMessage()));
  }

  private static Optional<String> reason(Optional<TriggerStatus> status) {
    return status
        .flatMap(known -> ConditionSet.find(known.conditions(), ConditionType.Ready))
        .map(Condition::getReason);
  }
}
