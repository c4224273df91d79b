package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.Phase;
import dev.codesource.http.AdjustableClock;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.PrimaryEventSource;
import dev.codesource.runtime.Shard;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TriggerGaugesTest {

  private final AdjustableClock clock = new AdjustableClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final TriggerGauges gauges = new TriggerGauges(registry, new Shard(2, 4), clock);

  private final PrimaryEventSource<CodeSourceTrigger> events = gauges.eventSource();

  private static CodeSourceTrigger trigger(String name, @Nullable TriggerStatus status) {
    CodeSourceTrigger trigger = new CodeSourceTrigger();
    trigger.setMetadata(new ObjectMetaBuilder().withNamespace("team-a").withName(name).build());
    trigger.setStatus(status);
    return trigger;
  }

  private static TriggerStatus status(@Nullable Phase phase, Condition... conditions) {
    Map<String, Object> status = new HashMap<>();
    if (phase != null) {
      status.put("phase", phase);
    }
    status.put("conditions", List.of(conditions));
    return Serialization.jsonMapper().convertValue(status, TriggerStatus.class);
  }

  private static Condition webhook(String reason) {
    return new ConditionBuilder()
        .withType(ConditionType.WebhookReady.name())
        .withStatus("False")
        .withReason(reason)
        .build();
  }

  private double inPhase(Phase phase) {
    return value("codesource.triggers", "phase", phase.name());
  }

  private double withWebhook(Reason reason) {
    return value("codesource.trigger.webhooks", "reason", reason.name());
  }

  /** 0 if there is no such gauge. */
  private double value(String name, String tag, String value) {
    return registry.find(name).tag(tag, value).tag("shard", "2").gauges().stream()
        .mapToDouble(Gauge::value)
        .sum();
  }

  @Test
  void triggersAreCountedWhereTheyStandAndNotWhenTheyAreGone() {
    CodeSourceTrigger one = trigger("one", null);
    CodeSourceTrigger two = trigger("two", status(Phase.Active));
    events.onResourceCreated(one);
    events.onResourceCreated(two);
    assertThat(inPhase(Phase.Pending)).isEqualTo(1);
    assertThat(inPhase(Phase.Active)).isEqualTo(1);

    events.onResourceUpdated(trigger("one", status(Phase.Failed)), one);
    assertThat(inPhase(Phase.Pending)).isZero();
    assertThat(inPhase(Phase.Failed)).isEqualTo(1);

    events.onResourceDeleted(one);
    events.onResourceDeleted(two);
    assertThat(inPhase(Phase.Failed)).isZero();
    assertThat(inPhase(Phase.Active)).isZero();
  }

  /** The Operator SDK tells of no write of the operator. */
  @Test
  void whatTheOperatorWritesCountsAtOnce() {
    CodeSourceTrigger one = trigger("one", null);
    events.onResourceCreated(one);

    gauges.update(one, status(Phase.Active));
    gauges.update(one, status(Phase.Active));

    assertThat(inPhase(Phase.Pending)).isZero();
    assertThat(inPhase(Phase.Active)).isEqualTo(1);
  }

  @Test
  void aTriggerThatWasDeletedIsNotAddedAgainByALateStatus() {
    CodeSourceTrigger one = trigger("one", null);
    events.onResourceCreated(one);
    events.onResourceDeleted(one);

    gauges.update(one, status(Phase.Failed));

    assertThat(inPhase(Phase.Failed)).isZero();
  }

  @Test
  void aNewTriggerOfWhichNothingIsSaidIsPending() {
    events.onResourceCreated(trigger("one", status(null)));

    assertThat(inPhase(Phase.Pending)).isEqualTo(1);
  }

  @Test
  void webhooksAreCountedByTheReasonOfTheirCondition() {
    CodeSourceTrigger one =
        trigger("one", status(Phase.Active, webhook(Reason.WebhookNotPermitted.name())));
    events.onResourceCreated(one);
    events.onResourceCreated(
        trigger("two", status(Phase.Active, webhook(Reason.Succeeded.name()))));
    events.onResourceCreated(trigger("three", status(Phase.Active)));
    assertThat(withWebhook(Reason.WebhookNotPermitted)).isEqualTo(1);
    assertThat(withWebhook(Reason.Succeeded)).isEqualTo(1);

    gauges.update(one, status(Phase.Active, webhook(Reason.Succeeded.name())));

    assertThat(withWebhook(Reason.WebhookNotPermitted)).isZero();
    assertThat(withWebhook(Reason.Succeeded)).isEqualTo(2);
  }

  /** Each would be a series of its own in Prometheus. */
  @Test
  void aStatusThatSomebodyElseWroteAddsNoReasons() {
    for (int i = 0; i < 100; i++) {
      events.onResourceCreated(trigger("t" + i, status(Phase.Active, webhook("MadeUp" + i))));
    }

    assertThat(registry.find("codesource.trigger.webhooks").gauges()).isEmpty();
  }

  @Test
  void comparisonsAreCountedByTheirReason() {
    gauges.timed(() -> Outcome.done("found"));
    gauges.timed(() -> Outcome.refused(Reason.RepositoryNotFound, "It is not there."));
    gauges.timed(() -> Outcome.waiting(Reason.ServerError, "It is down."));
    gauges.timed(() -> Outcome.waiting(Reason.ServerError, "It is down."));

    assertThat(compared(Reason.Watching)).isEqualTo(1);
    assertThat(compared(Reason.RepositoryNotFound)).isEqualTo(1);
    assertThat(compared(Reason.ServerError)).isEqualTo(2);
    Timer duration = registry.get("codesource.trigger.comparison.duration").timer();
    assertThat(duration.count()).isEqualTo(4);
    assertThat(duration.totalTime(TimeUnit.MINUTES)).isBetween(0.0, 1.0);
  }

  private double compared(Reason reason) {
    return registry
        .get("codesource.trigger.comparisons")
        .tag("reason", reason.name())
        .counter()
        .count();
  }

  @Test
  void onlyAComparisonThatSucceededIsTheLastOne() {
    gauges.timed(() -> Outcome.waiting(Reason.ServerError, "It is down."));
    assertThat(registry.find("codesource.trigger.last.comparison.timestamp.seconds").gauge())
        .as("nothing is known yet")
        .isNull();

    gauges.timed(() -> Outcome.done("found"));
    double at = clock.instant().getEpochSecond();
    clock.advance(Duration.ofMinutes(1));
    gauges.timed(() -> Outcome.refused(Reason.RepositoryNotFound, "It is not there."));
    assertThat(lastComparison()).isEqualTo(at);

    gauges.timed(() -> Outcome.done("found"));
    assertThat(lastComparison()).isEqualTo(at + 60);
  }

  private double lastComparison() {
    return registry
        .get("codesource.trigger.last.comparison.timestamp.seconds")
        .tag("shard", "2")
        .gauge()
        .value();
  }
}
