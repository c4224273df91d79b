package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.NamedTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.Webhook;
import dev.codesource.api.TriggerStatus.WebhookState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TriggerIntervalsTest {

  private static final Instant NOW = Instant.parse("2026-11-30T06:07:08Z");

  private static final String SPEC =
      """
      bindingRef: {name: gitlab}
      repository: group/shop
      rules: [{name: main, branch: main}]
      """;

  private static TriggerStatus status(WebhookState state) {
    return new TriggerStatus(
        null,
        1L,
        null,
        null,
        new Webhook("7", state, "gitlab-webhook", null, null, null),
        null,
        null,
        null,
        null,
        null,
        List.of());
  }

  private static Duration pause(CodeSourceTrigger trigger) {
    return Duration.between(
        NOW,
        TriggerSchedule.of(trigger, Optional.ofNullable(trigger.getStatus())).afterComparison(NOW));
  }

  @ParameterizedTest
  @CsvSource({"Active, 10", "Silent, 2", "Failed, 2"})
  void aRepositoryIsComparedLessOftenWithAWebhookThatWorks(WebhookState state, long minutes) {
    CodeSourceTrigger trigger = NamedTrigger.named("shop", SPEC);
    trigger.setStatus(status(state));

    assertThat(pause(trigger))
        .isBetween(Duration.ofSeconds(54 * minutes), Duration.ofSeconds(66 * minutes));
  }

  @Test
  void whatTheUserWritesCounts() {
    CodeSourceTrigger trigger = NamedTrigger.named("shop", SPEC + "interval: 1h\n");
    trigger.setStatus(status(WebhookState.Active));

    assertThat(pause(trigger)).isBetween(Duration.ofMinutes(54), Duration.ofMinutes(66));
  }

  @Test
  void withoutAStatusARepositoryIsComparedOften() {
    assertThat(pause(NamedTrigger.named("shop", SPEC)))
        .isBetween(Duration.ofSeconds(108), Duration.ofSeconds(132));
  }

  @Test
  void aComparisonThatIsAskedForComesSoonerAndNeverLater() {
    ComparisonTimes times = new ComparisonTimes();
    CodeSourceTrigger trigger = NamedTrigger.named("shop", SPEC);
    trigger.setStatus(status(WebhookState.Active));
    TriggerSchedule schedule =
        TriggerSchedule.of(trigger, Optional.of(status(WebhookState.Active)));
    assertThat(times.due(trigger, schedule, NOW)).as("never compared").isEmpty();

    times.compared(trigger, NOW);
    Instant usual = times.due(trigger, schedule, NOW).orElseThrow();
    times.again(trigger, NOW.plusSeconds(10));
    assertThat(times.due(trigger, schedule, NOW)).hasValue(NOW.plusSeconds(10));
    times.again(trigger, NOW.plusSeconds(36_000));
    assertThat(times.due(trigger, schedule, NOW)).hasValue(usual);
    times.again(trigger, NOW.plusSeconds(10));
    times.compared(trigger, NOW);
    assertThat(times.due(trigger, schedule, NOW)).hasValue(usual);
  }

  @Test
  void aRequestForANewSecretIsDueAtOnce() {
    ComparisonTimes times = new ComparisonTimes();
    CodeSourceTrigger trigger = NamedTrigger.named("shop", SPEC);
    trigger.setStatus(status(WebhookState.Active));
    TriggerSchedule schedule =
        TriggerSchedule.of(trigger, Optional.of(status(WebhookState.Active)));
    times.compared(trigger, NOW);

    trigger.getMetadata().setAnnotations(Map.of(CodeSourceTrigger.ROTATE_SECRET, "now"));
    assertThat(times.due(trigger, schedule, NOW)).isEmpty();
  }
}
