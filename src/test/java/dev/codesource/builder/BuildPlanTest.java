package dev.codesource.builder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.TriggerSpec.ConcurrencyPolicy;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BuildPlanTest {

  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

  private int number;

  private DueCommit due(GitRef.Kind kind, String name) {
    number++;
    return new DueCommit(
        "main",
        new GitRef(kind, name),
        "%040x".formatted(number),
        Optional.empty(),
        NOW.plusSeconds(number));
  }

  private DueCommit branch(String name) {
    return due(GitRef.Kind.BRANCH, name);
  }

  private static Run run(DueCommit due, BuildState state) {
    return new Run(
        RunKind.Job,
        "team-a",
        "run-" + due.sha(),
        "uid-" + due.sha(),
        "uid-of-shop",
        "shop",
        due,
        Optional.empty(),
        new Progress(
            state,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            state.isEnd() ? Optional.of(due.foundAt()) : Optional.empty()),
        due.foundAt(),
        false);
  }

  private static BuildPlan plan(
      ConcurrencyPolicy policy, int free, List<DueCommit> pending, Run... runs) {
    return BuildPlan.of(pending, List.of(runs), policy, free);
  }

  @Test
  void asManyAreStartedAsThereArePlacesTheOldestFirst() {
    DueCommit one = branch("one");
    DueCommit two = branch("two");
    DueCommit three = branch("three");

    BuildPlan plan = plan(ConcurrencyPolicy.Allow, 2, List.of(one, two, three));

    assertThat(plan.start()).containsExactly(one, two);
    assertThat(plan.waiting()).containsExactly(three);
  }

  @Test
  void allowBuildsEveryCommitOfABranch() {
    DueCommit older = branch("main");
    DueCommit newer = branch("main");

    BuildPlan plan =
        plan(
            ConcurrencyPolicy.Allow,
            5,
            List.of(older, newer),
            run(branch("main"), BuildState.Running));

    assertThat(plan.start()).containsExactly(older, newer);
    assertThat(plan.superseded()).isEmpty();
    assertThat(plan.cancel()).isEmpty();
  }

  @Test
  void queueKeepsOnlyTheNewestWaitingCommitOfABranchAndWaitsForTheBuildInProgress() {
    DueCommit older = branch("main");
    DueCommit newer = branch("main");
    DueCommit other = branch("other");

    BuildPlan plan =
        plan(
            ConcurrencyPolicy.Queue,
            5,
            List.of(older, newer, other),
            run(branch("main"), BuildState.Running));

    assertThat(plan.superseded()).containsExactly(older);
    assertThat(plan.waiting()).containsExactly(newer);
    assertThat(plan.start()).containsExactly(other);
    assertThat(plan.cancel()).isEmpty();
  }

  @Test
  void queueStartsTheNewestWhenTheBuildBeforeHasEnded() {
    DueCommit newer = branch("main");

    BuildPlan plan =
        plan(ConcurrencyPolicy.Queue, 5, List.of(newer), run(branch("main"), BuildState.Failed));

    assertThat(plan.start()).containsExactly(newer);
  }

  @Test
  void replaceCancelsTheBuildInProgressOfTheSameBranchOnly() {
    Run running = run(branch("main"), BuildState.Running);
    Run ended = run(branch("main"), BuildState.Succeeded);
    Run other = run(branch("other"), BuildState.Running);
    DueCommit newer = branch("main");

    BuildPlan plan = plan(ConcurrencyPolicy.Replace, 5, List.of(newer), running, ended, other);

    assertThat(plan.cancel()).containsExactly(running);
    assertThat(plan.start()).containsExactly(newer);
  }

  /** Its place is free when it has ended. */
  @Test
  void replaceCancelsAlsoWhenThereIsNoPlaceYet() {
    Run running = run(branch("main"), BuildState.Running);
    DueCommit newer = branch("main");

    BuildPlan plan = plan(ConcurrencyPolicy.Replace, 0, List.of(newer), running);

    assertThat(plan.cancel()).containsExactly(running);
    assertThat(plan.waiting()).containsExactly(newer);
  }

  @Test
  void anotherRuleOfTheSameBranchIsNotReplaced() {
    DueCommit newer = branch("main");
    DueCommit ofOther =
        new DueCommit("other", newer.ref(), newer.sha(), Optional.empty(), newer.foundAt());

    BuildPlan plan =
        plan(ConcurrencyPolicy.Replace, 5, List.of(newer), run(ofOther, BuildState.Running));

    assertThat(plan.cancel()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(ConcurrencyPolicy.class)
  void tagsAreNeverSuperseded(ConcurrencyPolicy policy) {
    DueCommit moved = due(GitRef.Kind.TAG, "v1");
    DueCommit again = due(GitRef.Kind.TAG, "v1");

    BuildPlan plan =
        plan(policy, 5, List.of(moved, again), run(due(GitRef.Kind.TAG, "v1"), BuildState.Running));

    assertThat(plan.start()).containsExactly(moved, again);
    assertThat(plan.superseded()).isEmpty();
    assertThat(plan.cancel()).isEmpty();
  }

  /** The process ended between the creation and the note that it was created. */
  @ParameterizedTest
  @EnumSource(ConcurrencyPolicy.class)
  void whatWasCreatedBeforeIsStartedAgainWithoutAPlace(ConcurrencyPolicy policy) {
    DueCommit due = branch("main");

    BuildPlan plan = plan(policy, 0, List.of(due), run(due, BuildState.Running));

    assertThat(plan.start()).containsExactly(due);
    assertThat(plan.cancel()).isEmpty();
  }

  @Test
  void ofEachRuleTheNewestEndedBuildsAreKept() {
    Run oldSuccess = run(branch("a"), BuildState.Succeeded);
    Run success = run(branch("b"), BuildState.Succeeded);
    Run oldFailure = run(branch("c"), BuildState.Failed);
    Run failure = run(branch("d"), BuildState.Cancelled);
    Run running = run(branch("e"), BuildState.Running);

    assertThat(BuildPlan.expired(List.of(oldSuccess, success, oldFailure, failure, running), 1, 1))
        .containsExactlyInAnyOrder(oldSuccess, oldFailure);
    assertThat(BuildPlan.expired(List.of(success, failure, running), 0, 0))
        .containsExactlyInAnyOrder(success, failure);
    assertThat(BuildPlan.expired(List.of(success, failure, running), 3, 3)).isEmpty();
  }

  @Test
  void aRuleThatBuildsOftenLeavesTheHistoryOfAnotherOne() {
    Run often = run(branch("a"), BuildState.Succeeded);
    Run oftenNewer = run(branch("b"), BuildState.Succeeded);
    DueCommit release = branch("c");
    Run rare =
        run(
            new DueCommit(
                "release", release.ref(), release.sha(), Optional.empty(), NOW.minusSeconds(9)),
            BuildState.Succeeded);

    assertThat(BuildPlan.expired(List.of(often, oftenNewer, rare), 1, 1)).containsExactly(often);
  }

  @Test
  void whatIsBeingDeletedIsNotDeletedAgain() {
    Run run = run(branch("a"), BuildState.Failed);
    Run deleted =
        new Run(
            run.kind(),
            run.namespace(),
            run.name(),
            run.uid(),
            run.triggerUid(),
            run.triggerName(),
            run.due(),
            run.image(),
            run.progress(),
            run.createdAt(),
            true);

    assertThat(BuildPlan.expired(List.of(run), 0, 0)).containsExactly(run);
    assertThat(BuildPlan.expired(List.of(deleted), 0, 0)).isEmpty();
  }
}
