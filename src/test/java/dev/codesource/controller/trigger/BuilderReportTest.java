package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildObject;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.api.TriggerStatus.FoundBy;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.api.TriggerStatus.Phase;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.Outbox;
import dev.codesource.builder.Progress;
import dev.codesource.builder.Run;
import dev.codesource.builder.RunKind;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.ConditionSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a status says of the builds in the cluster, from one report to the next. */
class BuilderReportTest {

  private static final Instant NOW = Instant.parse("2026-11-30T06:07:08Z");
  private static final String IN_CLUSTER = "builders: [{name: bk, buildkit: {}}]\n";

  private CodeSourceTrigger trigger = TestTrigger.named("shop", rules(1) + IN_CLUSTER);
  private Set<RunKind> known = Set.of(RunKind.Job);
  private boolean isReported;
  private Instant now = NOW;

  private static String rules(int number) {
    StringBuilder rules = new StringBuilder("rules:\n");
    IntStream.range(0, number)
        .forEach(i -> rules.append("- {name: r%d, tag: '.*'}\n".formatted(i)));
    return rules.toString();
  }

  private static DueCommit due(String rule, int number) {
    return new DueCommit(
        rule,
        new GitRef(GitRef.Kind.TAG, "v" + number),
        "%040x".formatted(number),
        Optional.empty(),
        NOW.plusSeconds(number));
  }

  private static Run run(String rule, int number, BuildState state) {
    DueCommit due = due(rule, number);
    return new Run(
        RunKind.Job,
        "team-a",
        rule + "-" + number,
        "uid-" + number,
        "uid-of-shop",
        "shop",
        due,
        Optional.empty(),
        new Progress(
            state,
            Optional.empty(),
            Optional.empty(),
            Optional.of(due.foundAt()),
            state.isEnd() ? Optional.of(due.foundAt()) : Optional.empty()),
        due.foundAt(),
        false);
  }

  /** A status in which each rule has a commit that is due, and no build. */
  private static TriggerStatus watching(int rules) {
    return new TriggerStatus(
        Phase.Active,
        1L,
        null,
        null,
        null,
        IntStream.range(0, rules).mapToObj(i -> rule("r" + i, BuildState.Due, null)).toList(),
        null,
        null,
        null,
        null,
        List.of());
  }

  private static RuleStatus rule(String name, BuildState state, BuildObject object) {
    DueCommit due = due(name, 1);
    return new RuleStatus(
        name,
        new LastBuild(
            due.ref().fullName(),
            due.sha(),
            null,
            FoundBy.Poll,
            due.foundAt().toString(),
            state,
            null,
            object,
            null,
            null,
            null,
            null),
        null);
  }

  private TriggerStatus next(TriggerStatus present, Handover.Result told, Run... runs) {
    return BuilderReport.next(
        present, told, TestTrigger.rules(trigger), List.of(runs), known, isReported, now);
  }

  private TriggerStatus next(TriggerStatus present, Run... runs) {
    return next(present, all(Set.of()), runs);
  }

  private static Handover.Result all(Set<DueCommit> dropped) {
    return new Handover.Result(
        Outbox.EMPTY, true, Optional.empty(), Optional.empty(), dropped, true);
  }

  private static Handover.Result delivered() {
    return new Handover.Result(
        new Outbox(List.of(), Map.of("r0", NOW)), true, Optional.empty(), Optional.empty());
  }

  private static List<BuildStatus> builds(TriggerStatus status, int rule) {
    return Optional.ofNullable(Optional.ofNullable(status.rules()).orElseThrow().get(rule).builds())
        .orElse(List.of());
  }

  private static LastBuild last(TriggerStatus status) {
    return Objects.requireNonNull(
        Optional.ofNullable(status.rules()).orElseThrow().getFirst().lastBuild());
  }

  private static List<String> told(TriggerStatus status) {
    return builds(status, 0).stream()
        .map(build -> Objects.requireNonNull(build.object()).name() + " " + build.state())
        .toList();
  }

  /** A builder that cannot cancel has its object deleted; so has one that is overdue. */
  @Test
  void aBuildWhoseObjectIsDeletedWhileItRunsIsToldToBeCancelledOnce() {
    TriggerStatus running =
        next(watching(1), run("r0", 1, BuildState.Running), run("r0", 2, BuildState.Running));

    TriggerStatus deleted = next(running, run("r0", 2, BuildState.Running));
    assertThat(told(deleted)).containsExactly("r0-2 Running", "r0-1 Cancelled");
    assertThat(BuildChange.between(Optional.of(running), deleted))
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.build().state()).isEqualTo(BuildState.Cancelled);
              assertThat(change.before()).contains(BuildState.Running);
            });

    TriggerStatus after = next(deleted, run("r0", 2, BuildState.Running));
    assertThat(told(after)).containsExactly("r0-2 Running");
    assertThat(BuildChange.between(Optional.of(deleted), after)).isEmpty();
  }

  @Test
  void aCancelledBuildIsKeptUntilTheCodeHostIsToldButNotForLongerThanAnHour() {
    isReported = true;
    TriggerStatus running = next(watching(1), run("r0", 1, BuildState.Running));
    TriggerStatus deleted = next(running);

    assertThat(next(deleted)).isEqualTo(deleted);
    BuildStatus left = builds(deleted, 0).getFirst();
    RuleStatus rule = Optional.ofNullable(deleted.rules()).orElseThrow().getFirst();
    TriggerStatus reported =
        deleted.with(
            List.of(
                new RuleStatus(
                    rule.name(),
                    rule.lastBuild(),
                    List.of(left.withReported(BuildState.Cancelled)))));
    assertThat(told(next(reported))).isEmpty();
    now = now.plus(BuilderReport.UNREPORTED).plus(Duration.ofSeconds(1));
    assertThat(told(next(deleted))).isEmpty();
  }

  @Test
  void aBuildWhoseKindIsNotListedIsAsBefore() {
    TriggerStatus running = next(watching(1), run("r0", 1, BuildState.Running));
    known = Set.of();

    assertThat(told(next(running))).containsExactly("r0-1 Running");
  }

  @Test
  void aRuleThatLostItsBuilderLosesItsBuildsWithTheirObjects() {
    TriggerStatus running = next(watching(1), run("r0", 1, BuildState.Running));
    trigger = TestTrigger.named("shop", rules(1));

    assertThat(told(next(running, run("r0", 1, BuildState.Running))))
        .containsExactly("r0-1 Running");
    TriggerStatus deleted = next(running);
    assertThat(told(deleted)).containsExactly("r0-1 Cancelled");
    assertThat(told(next(deleted))).isEmpty();
  }

  @Test
  void whereBuildersAreToldNothingBuildsEndAllTheSame() {
    Run running = run("r0", 1, BuildState.Running);
    TriggerStatus present = next(watching(1), delivered(), running);

    TriggerStatus ended =
        BuilderReport.next(
            present, List.of(run("r0", 1, BuildState.Succeeded)), known, isReported, now);
    assertThat(told(ended)).containsExactly("r0-1 Succeeded");
    assertThat(last(ended).state()).isEqualTo(BuildState.Succeeded);
    assertThat(ended.conditions()).isEqualTo(present.conditions());

    TriggerStatus deleted = BuilderReport.next(present, List.of(), known, isReported, now);
    assertThat(last(deleted).state()).isEqualTo(BuildState.Cancelled);
    assertThat(last(BuilderReport.next(watching(1), List.of(), known, isReported, now)).state())
        .isEqualTo(BuildState.Due);
  }

  @Test
  void aCommitThatIsGivenUpIsNotDueForEver() {
    TriggerStatus dropped = next(watching(1), all(Set.of(due("r0", 1))));

    assertThat(last(dropped).state()).isEqualTo(BuildState.Cancelled);
    assertThat(last(dropped).message())
        .isEqualTo(
            "It is not built. An Event of the trigger says why: kubectl events --for cst/NAME.");
    assertThat(next(dropped)).as("in the next pass, too").isEqualTo(dropped);
    assertThat(last(next(watching(1), all(Set.of(due("r0", 2))))).state())
        .isEqualTo(BuildState.Due);
  }

  /** Else each build of one rule would have the ends of another's told again. */
  @Test
  void everyRuleHasAShareThatTheOthersDoNotChange() {
    trigger = TestTrigger.named("shop", rules(20) + IN_CLUSTER);
    List<Run> runs = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      runs.add(run("r19", i, BuildState.Succeeded));
    }
    TriggerStatus before = next(watching(20), runs.toArray(Run[]::new));
    assertThat(builds(before, 19)).hasSize(5);

    for (int rule = 0; rule < 19; rule++) {
      for (int i = 11; i <= 20; i++) {
        runs.add(run("r" + rule, i, BuildState.Succeeded));
      }
    }
    TriggerStatus after = next(before, runs.toArray(Run[]::new));
    assertThat(builds(after, 19)).isEqualTo(builds(before, 19));
  }

  @Test
  void anEndedBuildThatIsShownAgainIsNoNewsAndNotReportedAgain() {
    isReported = true;
    Run[] eleven =
        IntStream.rangeClosed(1, 11)
            .mapToObj(i -> run("r0", i, BuildState.Succeeded))
            .toArray(Run[]::new);
    TriggerStatus before = next(watching(1), eleven);
    assertThat(told(before)).hasSize(10).doesNotContain("r0-1 Succeeded");

    Run[] without = new Run[10];
    System.arraycopy(eleven, 0, without, 0, 9);
    without[9] = eleven[10];
    TriggerStatus after = next(before, without);
    assertThat(told(after)).contains("r0-1 Succeeded");
    assertThat(BuildChange.between(Optional.of(before), after)).isEmpty();
    assertThat(builds(after, 0).getLast().reported()).isEqualTo(BuildState.Succeeded);
  }

  @Test
  void theEndOfABuildIsToldAlsoWhenNewerOnesHaveTakenItsPlace() {
    trigger = TestTrigger.named("shop", rules(100) + IN_CLUSTER);
    TriggerStatus one = next(watching(100), run("r0", 1, BuildState.Running));
    TriggerStatus both =
        next(one, run("r0", 1, BuildState.Running), run("r0", 2, BuildState.Running));
    TriggerStatus ended =
        next(both, run("r0", 1, BuildState.Failed), run("r0", 2, BuildState.Running));

    assertThat(BuildChange.between(Optional.of(both), ended))
        .singleElement()
        .satisfies(change -> assertThat(change.build().state()).isEqualTo(BuildState.Failed));
  }

  @Test
  void asLongAsItIsNotKnownWhatBuildersNeedTheConditionIsAsBefore() {
    Handover.Result unknown =
        new Handover.Result(
            Outbox.EMPTY, true, Optional.empty(), Optional.empty(), Set.of(), false);
    TriggerStatus fresh = next(watching(1), unknown);
    assertThat(ConditionSet.find(fresh.conditions(), ConditionType.BuilderReady)).isEmpty();

    TriggerStatus broken =
        next(
            watching(1),
            new Handover.Result(
                Outbox.EMPTY,
                true,
                Optional.of(new Problem(Reason.ServiceAccountNotFound, "None.")),
                Optional.empty()));
    assertThat(next(broken, unknown).conditions()).isEqualTo(broken.conditions());
    assertThat(
            ConditionSet.find(next(broken, all(Set.of())).conditions(), ConditionType.BuilderReady)
                .orElseThrow()
                .getStatus())
        .isEqualTo("True");
  }

  @Test
  void whatIsBuiltAndWhatWaitsIsCounted() {
    DueCommit first = due("r0", 1);
    DueCommit second = due("r1", 2);
    Handover.Result waiting =
        new Handover.Result(
            new Outbox(List.of(first, second), Map.of()), true, Optional.empty(), Optional.empty());

    assertThat(next(watching(2)).builds()).as("nothing").isNull();
    TriggerStatus both =
        next(
            watching(2),
            waiting,
            run("r0", 1, BuildState.Running),
            run("r0", 2, BuildState.Pending),
            run("r0", 3, BuildState.Failed));
    assertThat(both.builds()).isEqualTo(new TriggerStatus.BuildCounts(2, 2));
    TriggerStatus suspended = BuilderReport.next(both, List.of(), Set.of(), isReported, now);
    assertThat(suspended.builds())
        .as("not known yet is not gone, and what waits is not looked at")
        .isEqualTo(new TriggerStatus.BuildCounts(2, 2));
  }
}
