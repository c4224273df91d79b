package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerSpec;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.Phase;
import dev.codesource.build.BuildRule;
import dev.codesource.build.BuildRules;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.ConditionSet;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TriggerReportTest {

  private static final Instant NOW = Instant.parse("2026-11-30T06:07:08Z");
  private static final String SHA = "0123456789abcdef0123456789abcdef01234567";
  private static final Repository SHOP =
      new Repository("42", "group/shop", URI.create("https://gitlab.example.com/group/shop.git"));

  private final CodeSourceTrigger trigger = new CodeSourceTrigger();
  private final Outcome<List<BuildRule>> rules;

  TriggerReportTest() {
    trigger.setMetadata(new ObjectMetaBuilder().withName("shop").withGeneration(1L).build());
    trigger.setSpec(
        new TriggerSpec(
            new TriggerSpec.BindingRef("gitlab"),
            "group/shop",
            null,
            "registry.example.com/shop",
            List.of(new TriggerSpec.Rule("main", "main", null, null, null, null)),
            null));
    rules = BuildRules.of(trigger.getSpec());
  }

  private TriggerStatus next(TriggerFinding finding, Instant now) {
    TriggerStatus next = TriggerReport.next(trigger, rules, finding, Optional.empty(), now);
    trigger.setStatus(next);
    return next;
  }

  private TriggerStatus failed(Reason reason, Instant now) {
    return next(new TriggerFinding.Failed(new Problem(reason, "It is so.")), now);
  }

  private static DueCommit due(Instant at) {
    return new DueCommit("main", new GitRef(GitRef.Kind.BRANCH, "main"), SHA, Optional.empty(), at);
  }

  private static String condition(TriggerStatus status, ConditionType type) {
    return ConditionSet.find(status.conditions(), type)
        .map(found -> found.getStatus() + " " + found.getReason())
        .orElse("none");
  }

  @Test
  void whatIsWatchedSaysWhatIsDue() {
    TriggerStatus status = next(new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW))), NOW);

    assertThat(status.phase()).isEqualTo(Phase.Active);
    assertThat(condition(status, ConditionType.Ready)).isEqualTo("True Watching");
    assertThat(status.rules())
        .singleElement()
        .satisfies(
            rule ->
                assertThat(rule.lastBuild().images())
                    .containsExactly("registry.example.com/shop:main-0123456"));
  }

  @Test
  void theSameFindingGivesTheSameStatus() {
    TriggerFinding finding = new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW)));
    TriggerStatus first = next(finding, NOW);

    assertThat(next(finding, NOW.plusSeconds(3600))).isEqualTo(first);
    assertThat(next(new TriggerFinding.AsBefore(), NOW.plusSeconds(7200))).isEqualTo(first);
  }

  @Test
  void aRuleThatIsGoneIsNotInTheStatus() {
    DueCommit ofOther =
        new DueCommit("other", new GitRef(GitRef.Kind.BRANCH, "x"), SHA, Optional.empty(), NOW);
    assertThat(next(new TriggerFinding.Compared(SHOP, Map.of("other", ofOther)), NOW).rules())
        .isNull();
  }

  @Test
  void anOutageDoesNotEndTheWatching() {
    next(new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW))), NOW);
    TriggerStatus down = failed(Reason.ConnectionRefused, NOW.plusSeconds(60));

    assertThat(down.phase()).isEqualTo(Phase.Active);
    assertThat(condition(down, ConditionType.Ready)).isEqualTo("True Watching");
    assertThat(condition(down, ConditionType.RepositoryFound)).isEqualTo("False ConnectionRefused");
    assertThat(down.rules()).hasSize(1);
    assertThat(down.repository()).isNotNull();
  }

  @Test
  void aProblemThatMayPassIsStalledAfterTwoMinutes() {
    TriggerStatus first = failed(Reason.BindingNotBound, NOW);
    assertThat(condition(first, ConditionType.Reconciling)).isEqualTo("True BindingNotBound");
    TriggerStatus later = failed(Reason.BindingNotBound, NOW.plusSeconds(121));
    assertThat(condition(later, ConditionType.Reconciling)).isEqualTo("none");
    assertThat(condition(later, ConditionType.Stalled)).isEqualTo("True BindingNotBound");
  }

  /** Every reason can be told of a trigger, for each condition at most one is true. */
  @ParameterizedTest
  @EnumSource(Reason.class)
  void everyProblemIsToldInReadyAndInOneStep(Reason reason) {
    TriggerStatus status = failed(reason, NOW);
    List<Condition> conditions = Optional.ofNullable(status.conditions()).orElseThrow();

    assertThat(condition(status, ConditionType.Ready)).isEqualTo("False " + reason);
    assertThat(conditions)
        .filteredOn(found -> "False".equals(found.getStatus()))
        .extracting(Condition::getType)
        .hasSize(2)
        .contains("Ready");
    assertThat(
            Arrays.asList(
                condition(status, ConditionType.Reconciling),
                condition(status, ConditionType.Stalled)))
        .containsOnlyOnce("none");
  }

  @Test
  void aSuspendedTriggerKeepsWhatItHas() {
    next(new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW))), NOW);
    TriggerStatus suspended = next(new TriggerFinding.Suspended(), NOW.plusSeconds(60));

    assertThat(suspended.phase()).isEqualTo(Phase.Suspended);
    assertThat(suspended.rules()).hasSize(1);
    assertThat(condition(suspended, ConditionType.Reconciling)).isEqualTo("none");
    assertThat(condition(suspended, ConditionType.Stalled)).isEqualTo("none");
  }

  /** One that comes too soon after another one is handled later. */
  @Test
  void aRequestIsHandledByAComparisonAndNotBefore() {
    TriggerFinding compared = new TriggerFinding.Compared(SHOP, Map.of());
    next(compared, NOW);
    trigger.getMetadata().setAnnotations(Map.of(CodeSourceTrigger.REQUESTED_AT, "now"));

    assertThat(next(new TriggerFinding.AsBefore(), NOW).lastHandledRequestedAt()).isNull();
    assertThat(next(compared, NOW).lastHandledRequestedAt()).isEqualTo("now");
    trigger.getMetadata().setAnnotations(Map.of(CodeSourceTrigger.REQUESTED_AT, "again"));
    assertThat(next(new TriggerFinding.AsBefore(), NOW).lastHandledRequestedAt()).isEqualTo("now");
  }
}
