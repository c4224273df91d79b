package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerSpec;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.FoundBy;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.api.TriggerStatus.Phase;
import dev.codesource.build.BuildRule;
import dev.codesource.build.BuildRules;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.Outbox;
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
import java.util.Set;
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
            null,
            "registry.example.com/shop",
            List.of(
                new TriggerSpec.Rule(
                    "main", "main", null, null, null, null, "ci", null, null, null, null)),
            List.of(
                new TriggerSpec.Builder(
                    "ci", new TriggerSpec.Sink("build-service"), null, null, null, null)),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null));
    rules = BuildRules.of(trigger.getSpec());
  }

  private TriggerStatus next(TriggerFinding finding, Instant now) {
    return next(finding, PushNotices.asBefore(Optional.empty()), now);
  }

  private TriggerStatus next(TriggerFinding finding, PushNotices notices, Instant now) {
    TriggerStatus next =
        TriggerReport.next(trigger, rules, finding, Optional.empty(), notices, now);
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
    TriggerStatus status =
        next(new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW)), Optional.empty()), NOW);

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
    TriggerFinding finding =
        new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW)), Optional.empty());
    TriggerStatus first = next(finding, NOW);

    assertThat(next(finding, NOW.plusSeconds(3600))).isEqualTo(first);
    assertThat(next(new TriggerFinding.AsBefore(), NOW.plusSeconds(7200))).isEqualTo(first);
  }

  private static PushNotices active(FoundBy foundBy, Optional<Instant> lastDelivery) {
    return active("7", foundBy, lastDelivery);
  }

  private static PushNotices active(String id, FoundBy foundBy, Optional<Instant> lastDelivery) {
    return new PushNotices(
        new WebhookFinding.Kept("gitlab-webhook", id, NOW, Optional.empty(), Optional.empty()),
        foundBy,
        Optional.empty(),
        lastDelivery);
  }

  private static Optional<String> lastDelivery(TriggerStatus status) {
    return Optional.ofNullable(status.webhook())
        .flatMap(webhook -> Optional.ofNullable(webhook.lastDeliveryAt()));
  }

  private static FoundBy foundBy(TriggerStatus status) {
    return Optional.ofNullable(status.rules()).orElseThrow().getFirst().lastBuild().foundBy();
  }

  @Test
  void whatADeliveryToldOfIsFoundByTheWebhookFromThenOn() {
    TriggerFinding told =
        new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW)), Optional.empty());
    assertThat(foundBy(next(told, active(FoundBy.Webhook, Optional.of(NOW)), NOW)))
        .isEqualTo(FoundBy.Webhook);
    assertThat(foundBy(next(told, active(FoundBy.Poll, Optional.of(NOW)), NOW.plusSeconds(600))))
        .isEqualTo(FoundBy.Webhook);

    TriggerFinding polled =
        new TriggerFinding.Compared(
            SHOP, Map.of("main", due(NOW.plusSeconds(700))), Optional.empty());
    assertThat(foundBy(next(polled, active(FoundBy.Poll, Optional.of(NOW)), NOW.plusSeconds(700))))
        .isEqualTo(FoundBy.Poll);
  }

  @Test
  void theTimeOfADeliveryIsWrittenOnceAnHourOrWithSomethingElse() {
    TriggerFinding same = new TriggerFinding.Compared(SHOP, Map.of(), Optional.empty());
    TriggerStatus first = next(same, active(FoundBy.Poll, Optional.empty()), NOW);
    assertThat(lastDelivery(first)).isEmpty();
    TriggerStatus second = next(same, active(FoundBy.Poll, Optional.of(NOW)), NOW);
    assertThat(lastDelivery(second)).as("the first shows that it works").hasValue(NOW.toString());

    Instant soon = NOW.plusSeconds(3599);
    assertThat(next(same, active(FoundBy.Poll, Optional.of(soon)), soon)).isEqualTo(second);
    assertThat(next(new TriggerFinding.AsBefore(), PushNotices.asBefore(Optional.of(soon)), soon))
        .isEqualTo(second);
    Instant later = NOW.plusSeconds(3600);
    assertThat(
            lastDelivery(
                next(
                    new TriggerFinding.AsBefore(),
                    PushNotices.asBefore(Optional.of(later)),
                    later)))
        .hasValue(later.toString());
    Instant push = later.plusSeconds(5);
    assertThat(
            lastDelivery(
                next(
                    new TriggerFinding.Compared(SHOP, Map.of("main", due(push)), Optional.empty()),
                    active(FoundBy.Webhook, Optional.of(push)),
                    push)))
        .hasValue(push.toString());
  }

  @Test
  void aSuspendedTriggerAndAnOutageKeepTheWebhook() {
    TriggerStatus first =
        next(
            new TriggerFinding.Compared(SHOP, Map.of(), Optional.empty()),
            active(FoundBy.Poll, Optional.empty()),
            NOW);
    TriggerStatus suspended = next(new TriggerFinding.Suspended(), NOW.plusSeconds(60));

    assertThat(suspended.webhook()).isEqualTo(first.webhook());
    assertThat(suspended.mode()).isEqualTo(TriggerStatus.Mode.Webhook);
    assertThat(condition(suspended, ConditionType.WebhookReady)).isEqualTo("True Succeeded");
    TriggerStatus failed = failed(Reason.BindingNotBound, NOW.plusSeconds(120));
    assertThat(failed.webhook()).isEqualTo(first.webhook());
    assertThat(condition(failed, ConditionType.WebhookReady)).isEqualTo("True Succeeded");
  }

  @Test
  void aRuleThatIsGoneIsNotInTheStatus() {
    DueCommit ofOther =
        new DueCommit("other", new GitRef(GitRef.Kind.BRANCH, "x"), SHA, Optional.empty(), NOW);
    assertThat(
            next(new TriggerFinding.Compared(SHOP, Map.of("other", ofOther), Optional.empty()), NOW)
                .rules())
        .isNull();
  }

  @Test
  void anOutageDoesNotEndTheWatching() {
    next(new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW)), Optional.empty()), NOW);
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
    next(new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW)), Optional.empty()), NOW);
    TriggerStatus suspended = next(new TriggerFinding.Suspended(), NOW.plusSeconds(60));

    assertThat(suspended.phase()).isEqualTo(Phase.Suspended);
    assertThat(suspended.rules()).hasSize(1);
    assertThat(condition(suspended, ConditionType.Reconciling)).isEqualTo("none");
    assertThat(condition(suspended, ConditionType.Stalled)).isEqualTo("none");
  }

  /** In Kubernetes an annotation may have 256 KiB. */
  @Test
  void ofALongRequestTheStatusHasTheBeginningAndItIsHandled() {
    TestTrigger.annotate(trigger, CodeSourceTrigger.REQUESTED_AT, "r".repeat(100_000));
    next(new TriggerFinding.Compared(SHOP, Map.of(), Optional.empty()), NOW);

    assertThat(trigger.getStatus().lastHandledRequestedAt()).startsWith("rrr").hasSizeLessThan(600);
    assertThat(TriggerRequests.comparison(trigger).isOpen()).isFalse();
  }

  /** One that comes too soon after another one is handled later. */
  @Test
  void aRequestIsHandledByAComparisonAndNotBefore() {
    TriggerFinding compared = new TriggerFinding.Compared(SHOP, Map.of(), Optional.empty());
    next(compared, NOW);
    trigger.getMetadata().setAnnotations(Map.of(CodeSourceTrigger.REQUESTED_AT, "now"));

    assertThat(next(new TriggerFinding.AsBefore(), NOW).lastHandledRequestedAt()).isNull();
    assertThat(next(compared, NOW).lastHandledRequestedAt()).isEqualTo("now");
    trigger.getMetadata().setAnnotations(Map.of(CodeSourceTrigger.REQUESTED_AT, "again"));
    assertThat(next(new TriggerFinding.AsBefore(), NOW).lastHandledRequestedAt()).isEqualTo("now");
  }

  @Test
  void whatWasCheckedBeforeTheProblemIsTrueAndTheRestIsUnknown() {
    TriggerStatus status = failed(Reason.BindingNotBound, NOW);
    assertThat(condition(status, ConditionType.RulesValid)).isEqualTo("True Succeeded");
    assertThat(condition(status, ConditionType.BindingReady)).isEqualTo("False BindingNotBound");
    assertThat(condition(status, ConditionType.RepositoryFound)).isEqualTo("Unknown NotChecked");

    status = failed(Reason.PatternInvalid, NOW);
    assertThat(condition(status, ConditionType.RulesValid)).isEqualTo("False PatternInvalid");
    assertThat(condition(status, ConditionType.BindingReady)).isEqualTo("Unknown NotChecked");

    // Nobody has asked for the repository: a variable that does not exist is in the rules.
    status = failed(Reason.BuildParameterInvalid, NOW);
    assertThat(condition(status, ConditionType.RulesValid))
        .isEqualTo("False BuildParameterInvalid");
    assertThat(condition(status, ConditionType.RepositoryFound)).isEqualTo("Unknown NotChecked");

    status = next(new TriggerFinding.Compared(SHOP, Map.of(), Optional.empty()), NOW);
    assertThat(condition(status, ConditionType.RulesValid)).isEqualTo("True Succeeded");
    assertThat(condition(status, ConditionType.RepositoryFound)).isEqualTo("True Succeeded");
  }

  @Test
  void whatPassesByItselfIsPendingAndWhatAPersonMustDoHasFailed() {
    assertThat(failed(Reason.Conflict, NOW).phase()).isEqualTo(Phase.Pending);
    assertThat(failed(Reason.RepositoryNotFound, NOW).phase()).isEqualTo(Phase.Failed);
  }

  /** What the outage hides may be wrong with the new spec. */
  @Test
  void anOutageEndsTheWatchingOfASpecThatNobodyHasLookedAt() {
    next(new TriggerFinding.Compared(SHOP, Map.of(), Optional.empty()), NOW);
    trigger.getMetadata().setGeneration(2L);

    TriggerStatus down = failed(Reason.ConnectionRefused, NOW.plusSeconds(60));

    assertThat(down.phase()).isEqualTo(Phase.Failed);
    assertThat(down.observedGeneration()).isEqualTo(2L);
    assertThat(condition(down, ConditionType.Ready)).isEqualTo("False ConnectionRefused");
  }

  @Test
  void anOutageDoesNotHelpWhatHadFailed() {
    failed(Reason.RepositoryNotFound, NOW);

    assertThat(failed(Reason.ConnectionRefused, NOW.plusSeconds(60)).phase())
        .isEqualTo(Phase.Failed);
  }

  @Test
  void aSuspendedTriggerKeepsReadyOnlyIfItWasTrue() {
    next(new TriggerFinding.Compared(SHOP, Map.of(), Optional.empty()), NOW);
    TriggerStatus suspended = next(new TriggerFinding.Suspended(), NOW);
    assertThat(condition(suspended, ConditionType.Ready)).isEqualTo("True Watching");
    assertThat(condition(suspended, ConditionType.RulesValid)).isEqualTo("True Succeeded");

    failed(Reason.RepositoryNotFound, NOW);
    suspended = next(new TriggerFinding.Suspended(), NOW);
    assertThat(condition(suspended, ConditionType.Ready)).isEqualTo("none");
    assertThat(condition(suspended, ConditionType.RepositoryFound))
        .isEqualTo("False RepositoryNotFound");
  }

  @Test
  void timesAreToldInWholeSeconds() {
    TriggerStatus status =
        next(
            new TriggerFinding.Compared(
                SHOP, Map.of("main", due(NOW.plusMillis(123))), Optional.empty()),
            NOW.plusMillis(456));

    assertThat(status.toString()).doesNotContain("08.");
    assertThat(status.rules())
        .singleElement()
        .satisfies(rule -> assertThat(rule.lastBuild().foundAt()).isEqualTo(NOW.toString()));
  }

  private TriggerStatus told(Outbox outbox, Instant now, Reason... reasons) {
    TriggerStatus next =
        BuilderReport.next(
            trigger.getStatus(),
            new Handover.Result(
                outbox,
                true,
                Arrays.stream(reasons).map(reason -> new Problem(reason, "It is so.")).findFirst(),
                Optional.empty()),
            usable(),
            List.of(),
            Set.of(),
            false,
            now);
    trigger.setStatus(next);
    return next;
  }

  private List<BuildRule> usable() {
    return rules instanceof Outcome.Done<List<BuildRule>>(var all) ? all : List.of();
  }

  private static String state(TriggerStatus status) {
    LastBuild last = Optional.ofNullable(status.rules()).orElseThrow().getFirst().lastBuild();
    return last.state() + " " + last.deliveredAt();
  }

  @Test
  void aCommitIsDueUntilItsBuilderIsTold() {
    next(new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW)), Optional.empty()), NOW);
    Outbox pending = Outbox.EMPTY.with(List.of(due(NOW)));
    TriggerStatus before = told(pending, NOW, Reason.SinkUnreachable);

    assertThat(state(before)).isEqualTo("Due null");
    assertThat(condition(before, ConditionType.BuilderReady)).isEqualTo("False SinkUnreachable");
    assertThat(condition(before, ConditionType.Ready))
        .as("nothing is lost, and pushes are noticed")
        .isEqualTo("True Watching");
    Outbox told = pending.without(Set.of(due(NOW)), Map.of("main", NOW.plusSeconds(60)));
    TriggerStatus after = told(told, NOW.plusSeconds(60));
    assertThat(state(after)).isEqualTo("Delivered 2026-11-30T06:08:08Z");
    assertThat(condition(after, ConditionType.BuilderReady)).isEqualTo("True Succeeded");
  }

  /** Else the API server would be written to by each comparison, and again by what follows. */
  @Test
  void neitherAComparisonNorAnOutageChangesWhatWasDelivered() {
    TriggerFinding compared =
        new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW)), Optional.empty());
    next(compared, NOW);
    Outbox told = new Outbox(List.of(), Map.of("main", NOW));
    TriggerStatus delivered = told(told, NOW);

    assertThat(next(compared, NOW.plusSeconds(60))).isEqualTo(delivered);
    assertThat(told(told, NOW.plusSeconds(60))).isEqualTo(delivered);
    TriggerStatus down = failed(Reason.ConnectionRefused, NOW.plusSeconds(120));
    assertThat(state(down)).startsWith("Delivered");
    assertThat(condition(down, ConditionType.BuilderReady)).isEqualTo("True Succeeded");
    DueCommit newer = due(NOW.plusSeconds(180));
    assertThat(
            state(
                next(
                    new TriggerFinding.Compared(SHOP, Map.of("main", newer), Optional.empty()),
                    NOW.plusSeconds(180))))
        .isEqualTo("Due null");
  }

  private static final Problem MISSING = new Problem(Reason.SinkNotFound, "There is no sink ci.");

  private TriggerFinding without(Optional<Problem> missing) {
    return new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW)), missing);
  }

  private TriggerStatus missing(Instant now) {
    next(without(Optional.of(MISSING)), now);
    TriggerStatus next =
        BuilderReport.next(
            trigger.getStatus(),
            new Handover.Result(
                Outbox.EMPTY.with(List.of(due(NOW))), true, Optional.of(MISSING), Optional.empty()),
            usable(),
            List.of(),
            Set.of(),
            false,
            now);
    trigger.setStatus(next);
    return next;
  }

  /** The others are built: what is due by them is in the status. */
  @Test
  void whoWaitsForATriggerIsToldThatASinkIsMissing() {
    TriggerStatus status = missing(NOW);

    assertThat(status.phase()).isEqualTo(Phase.Failed);
    assertThat(condition(status, ConditionType.Ready)).isEqualTo("False SinkNotFound");
    assertThat(condition(status, ConditionType.Stalled)).isEqualTo("True SinkNotFound");
    assertThat(condition(status, ConditionType.BuilderReady)).isEqualTo("False SinkNotFound");
    assertThat(condition(status, ConditionType.RepositoryFound)).isEqualTo("True Succeeded");
    assertThat(status.rules()).hasSize(1);
    assertThat(missing(NOW.plusSeconds(600))).as("nothing has changed").isEqualTo(status);
  }

  /** What waited for it is perhaps sent later. */
  @Test
  void whenTheSinkIsThereNobodyIsToldThatItIsMissing() {
    missing(NOW);
    next(without(Optional.empty()), NOW.plusSeconds(60));
    TriggerStatus status =
        BuilderReport.next(
            trigger.getStatus(),
            new Handover.Result(
                Outbox.EMPTY.with(List.of(due(NOW))), true, Optional.empty(), Optional.empty()),
            usable(),
            List.of(),
            Set.of(),
            false,
            NOW.plusSeconds(60));

    assertThat(condition(status, ConditionType.BuilderReady)).isEqualTo("True Succeeded");
    assertThat(condition(status, ConditionType.Ready)).isEqualTo("True Watching");
    assertThat(condition(status, ConditionType.Stalled)).isEqualTo("none");
  }

  @Test
  void whatAUserAskedForIsSaidToBeSo() {
    DueCommit asked = due(NOW);
    PushNotices notices =
        new PushNotices(
            new WebhookFinding.None(), FoundBy.Webhook, Optional.of(asked), Optional.empty());
    TriggerFinding found =
        new TriggerFinding.Compared(SHOP, Map.of("main", asked), Optional.empty());
    assertThat(foundBy(next(found, notices, NOW))).isEqualTo(FoundBy.Annotation);
    assertThat(foundBy(next(found, NOW.plusSeconds(60)))).isEqualTo(FoundBy.Annotation);
  }

  /** Nobody has seen it work. */
  @Test
  void anotherWebhookHasNoDeliveryYet() {
    TriggerFinding same = new TriggerFinding.Compared(SHOP, Map.of(), Optional.empty());
    next(same, active("7", FoundBy.Poll, Optional.of(NOW)), NOW);
    assertThat(lastDelivery(next(same, active("7", FoundBy.Poll, Optional.empty()), NOW)))
        .isPresent();
    assertThat(lastDelivery(next(same, active("8", FoundBy.Poll, Optional.empty()), NOW)))
        .isEmpty();
  }

  @Test
  void aSuspendedTriggerKeepsTheStateOfItsBuilder() {
    next(new TriggerFinding.Compared(SHOP, Map.of("main", due(NOW)), Optional.empty()), NOW);
    told(Outbox.EMPTY.with(List.of(due(NOW))), NOW, Reason.SinkUnreachable);
    TriggerStatus suspended = next(new TriggerFinding.Suspended(), NOW.plusSeconds(60));

    assertThat(condition(suspended, ConditionType.BuilderReady)).isEqualTo("False SinkUnreachable");
    assertThat(state(suspended)).isEqualTo("Due null");
  }

  @Test
  void aRequestToBuildIsMetByAComparisonAndNotBefore() {
    TestTrigger.annotate(trigger, CodeSourceTrigger.BUILD, "main@refs/heads/main");
    assertThat(next(new TriggerFinding.AsBefore(), NOW).lastHandledBuild()).isNull();
    assertThat(failed(Reason.ConnectionRefused, NOW).lastHandledBuild()).isNull();
    assertThat(TriggerRequests.build(trigger).isOpen()).isTrue();
    next(new TriggerFinding.Compared(SHOP, Map.of(), Optional.empty()), NOW);

    assertThat(trigger.getStatus().lastHandledBuild()).isEqualTo("main@refs/heads/main");
    assertThat(TriggerRequests.build(trigger).isOpen()).isFalse();
  }
}
