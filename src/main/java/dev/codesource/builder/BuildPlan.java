package dev.codesource.builder;

import static java.util.Comparator.comparing;

import dev.codesource.api.TriggerSpec.ConcurrencyPolicy;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is to be done for the commits of a trigger that are due: a pure function of what is pending
 * and what is in progress.
 *
 * @param start to be started now, in this order
 * @param cancel builds in progress of a branch that has a newer commit
 * @param superseded commits that are not built, because there is a newer one of their branch
 * @param waiting commits that wait for a place, or for another build of their branch
 */
public record BuildPlan(
    List<DueCommit> start, List<Run> cancel, List<DueCommit> superseded, List<DueCommit> waiting) {

  /** Whether one of them takes the place of the other: of a rule, and of the same branch. */
  public static boolean areOfOneBranch(DueCommit one, DueCommit other) {
    return one.ref().kind() == GitRef.Kind.BRANCH && Subject.of(one).equals(Subject.of(other));
  }

  /**
   * Plans.
   *
   * @param pending what is due, the oldest first
   * @param runs the builds of the trigger
   * @param free how many builds may be started
   */
  public static BuildPlan of(
      List<DueCommit> pending, List<Run> runs, ConcurrencyPolicy policy, int free) {
    Map<Subject, DueCommit> newest = new HashMap<>();
    pending.forEach(due -> newest.put(Subject.of(due), due));
    List<DueCommit> start = new ArrayList<>();
    Set<Run> cancel = new LinkedHashSet<>();
    List<DueCommit> superseded = new ArrayList<>();
    List<DueCommit> waiting = new ArrayList<>();
    int left = free;
    for (DueCommit due : pending) {
      boolean isAlone = policy != ConcurrencyPolicy.Allow && due.ref().kind() == GitRef.Kind.BRANCH;
      List<Run> others =
          isAlone
              ? runs.stream()
                  .filter(Run::isActive)
                  .filter(run -> Subject.of(run.due()).equals(Subject.of(due)) && !run.isOf(due))
                  .toList()
              : List.of();
      if (runs.stream().anyMatch(run -> run.isOf(due))) {
        // It was created before; to create it again changes nothing.
        start.add(due);
      } else if (isAlone && !due.equals(newest.get(Subject.of(due)))) {
        superseded.add(due);
      } else if (policy == ConcurrencyPolicy.Queue && !others.isEmpty()) {
        waiting.add(due);
      } else {
        cancel.addAll(others);
        if (left > 0) {
          left--;
          start.add(due);
        } else {
          waiting.add(due);
        }
      }
    }
    return new BuildPlan(start, List.copyOf(cancel), superseded, waiting);
  }

  /**
   * The ended builds that are kept no longer.
   *
   * @param succeeded how many of each rule are kept that succeeded
   * @param failed how many of each rule are kept that failed or were cancelled
   */
  public static List<Run> expired(List<Run> runs, int succeeded, int failed) {
    Map<String, List<Run>> byRule = new LinkedHashMap<>();
    runs.stream()
        .filter(run -> run.progress().state().isEnd())
        .sorted(comparing(BuildPlan::end).reversed().thenComparing(Run::name))
        .forEach(
            run ->
                byRule
                    .computeIfAbsent(
                        run.due().rule() + "/" + isSuccess(run), _ -> new ArrayList<>())
                    .add(run));
    return byRule.values().stream()
        .flatMap(all -> all.stream().skip(isSuccess(all.getFirst()) ? succeeded : failed))
        .filter(run -> !run.isDeleted())
        .toList();
  }

  private static boolean isSuccess(Run run) {
    return run.progress().state() == BuildState.Succeeded;
  }

  private static Instant end(Run run) {
    return run.progress().finishedAt().orElse(run.createdAt());
  }
}
