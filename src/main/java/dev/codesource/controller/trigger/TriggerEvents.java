package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.Platform;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.builder.Run;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.EventRecorder;
import dev.codesource.status.ConditionSet;
import io.fabric8.kubernetes.api.model.Condition;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reports transitions of triggers, and what became due: an Event and a line in the log for each.
 */
@Singleton
final class TriggerEvents implements Handover.GivenUp {

  /** So many are named; an Event has 1 024 characters. */
  private static final int NAMED = 5;

  private static final int LONGEST_NAME = 100;
  private static final int SHORT = 7;

  private final EventRecorder recorder;

  /** The webhooks of nobody that were told, by the UID of the trigger. */
  private final Map<String, List<String>> told = new ConcurrentHashMap<>();

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

  @Override
  public void tell(CodeSourceTrigger trigger, DueCommit due, Problem why) {
    recorder.record(
        trigger,
        new Problem(
            Reason.NotDelivered, "Not delivered: %s. %s".formatted(words(due), why.what())));
  }

  /** Commits that are not built because there is a newer one of their branch, in one Event. */
  void superseded(CodeSourceTrigger trigger, List<DueCommit> superseded) {
    if (!superseded.isEmpty()) {
      recorder.record(
          trigger,
          new Problem(
              Reason.BuildSuperseded,
              "Not built: %s%s."
                  .formatted(
                      superseded.stream()
                          .limit(NAMED)
                          .map(TriggerEvents::words)
                          .collect(Collectors.joining(", ")),
                      rest(superseded.size()))));
    }
  }

  /** Commits that cannot be built, in one Event. */
  void notPossible(CodeSourceTrigger trigger, Map<DueCommit, Problem> impossible) {
    if (!impossible.isEmpty()) {
      recorder.record(
          trigger,
          new Problem(
              Reason.BuildNotPossible,
              impossible.entrySet().stream()
                      .limit(NAMED)
                      .map(
                          each ->
                              "Not built: %s. %s"
                                  .formatted(words(each.getKey()), each.getValue().what()))
                      .collect(Collectors.joining(" "))
                  + rest(impossible.size())));
    }
  }

  /** Builds that did not end in their time, in one Event. */
  void overdue(CodeSourceTrigger trigger, List<Run> overdue) {
    if (!overdue.isEmpty()) {
      recorder.record(
          trigger,
          new Problem(
              Reason.BuildOverdue,
              overdue.stream()
                      .limit(NAMED)
                      .map(
                          run ->
                              "The %s %s did not end in its time, and was deleted."
                                  .formatted(run.kind(), run.name()))
                      .collect(Collectors.joining(" "))
                  + rest(overdue.size())));
    }
  }

  /** Builds that are in another state than before, in one Event for each state. */
  void builds(CodeSourceTrigger trigger, List<BuildChange> changes) {
    for (BuildState state : BuildState.values()) {
      List<BuildChange> same =
          changes.stream().filter(change -> change.build().state() == state).toList();
      reason(state)
          .filter(_ -> !same.isEmpty())
          .ifPresent(
              reason ->
                  recorder.record(
                      trigger,
                      new Problem(
                          reason,
                          same.stream()
                                  .limit(NAMED)
                                  .map(change -> words(state, change))
                                  .collect(Collectors.joining(" "))
                              + rest(same.size()))));
    }
  }

  private static Optional<Reason> reason(BuildState state) {
    return switch (state) {
      case Due, Delivered, Pending -> Optional.empty();
      case Running -> Optional.of(Reason.BuildStarted);
      case Succeeded -> Optional.of(Reason.BuildSucceeded);
      case Failed -> Optional.of(Reason.BuildFailed);
      case Cancelled -> Optional.of(Reason.BuildCancelled);
    };
  }

  private static String words(BuildState state, BuildChange change) {
    BuildStatus build = change.build();
    String what =
        "%s: %s (rule %s)."
            .formatted(
                state,
                Optional.ofNullable(build.object())
                    .map(object -> object.kind() + " " + object.name())
                    .orElse(""),
                change.rule());
    return Stream.of(
            Optional.of(what),
            Optional.ofNullable(build.digest()).map(digest -> "Digest: " + digest + "."),
            Optional.ofNullable(build.message()))
        .flatMap(Optional::stream)
        .collect(Collectors.joining(" "));
  }

  /** A request of a user that cannot be met. */
  void refused(CodeSourceTrigger trigger, Problem problem) {
    recorder.record(trigger, problem);
  }

  /** Reports that a builder does not take what is due, once for each reason. */
  void builder(CodeSourceTrigger trigger, Optional<TriggerStatus> before, Problem problem) {
    Optional<String> known =
        before
            .flatMap(status -> ConditionSet.find(status.conditions(), ConditionType.BuilderReady))
            .map(Condition::getReason);
    if (!known.equals(Optional.of(problem.reason().name()))) {
      recorder.record(trigger, problem);
    }
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

  /** The code host had switched the webhook off. */
  void disabled(CodeSourceTrigger trigger, Platform platform, Repository repository, String why) {
    recorder.record(
        trigger,
        new Problem(
            Reason.WebhookDisabled,
            "The webhook of %s on %s was %s.".formatted(repository.path(), platform, why)));
  }

  /** A webhook that could not be deleted. */
  void left(CodeSourceTrigger trigger, Problem problem) {
    recorder.record(trigger, problem);
  }

  /**
   * Webhooks that nobody keeps, in one Event for each process.
   *
   * @param ids the code host's identifiers
   */
  void left(CodeSourceTrigger trigger, Repository repository, List<String> ids) {
    if (ids.isEmpty()) {
      told.remove(trigger.getMetadata().getUid());
    } else if (!ids.equals(told.put(trigger.getMetadata().getUid(), ids))) {
      left(
          trigger,
          new Problem(
              Reason.WebhookLeft,
              "%s has webhooks that send to the operator and belong to no trigger: %s%s."
                  .formatted(
                      repository.path(),
                      ids.stream().limit(NAMED).collect(Collectors.joining(", ")),
                      rest(ids.size()))));
    }
  }

  /** The trigger is gone. */
  void forget(String uid) {
    told.remove(uid);
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

  /** Reports a change of {@code Ready}, of {@code WebhookReady} or of the phase. */
  void transition(CodeSourceTrigger trigger, TriggerStatus next) {
    Optional<TriggerStatus> previous = Optional.ofNullable(trigger.getStatus());
    ofWebhook(trigger, previous, next);
    boolean isSame =
        previous.map(TriggerStatus::phase).orElse(null) == next.phase()
            && reason(previous, ConditionType.Ready)
                .equals(reason(Optional.of(next), ConditionType.Ready));
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

  private void ofWebhook(
      CodeSourceTrigger trigger, Optional<TriggerStatus> previous, TriggerStatus next) {
    ConditionSet.find(next.conditions(), ConditionType.WebhookReady)
        .filter(
            now ->
                reason(previous, ConditionType.WebhookReady)
                    .filter(now.getReason()::equals)
                    .isEmpty())
        .ifPresent(
            now -> recorder.record(trigger, Reason.valueOf(now.getReason()), now.getMessage()));
  }

  private static Optional<String> reason(Optional<TriggerStatus> status, ConditionType type) {
    return status
        .flatMap(known -> ConditionSet.find(known.conditions(), type))
        .map(Condition::getReason);
  }
}
