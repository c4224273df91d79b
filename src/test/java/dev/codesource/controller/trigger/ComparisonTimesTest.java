package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TestTrigger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComparisonTimesTest {

  private static final Instant NOW = Instant.parse("2026-11-30T06:07:08Z");

  private final ComparisonTimes times = new ComparisonTimes();
  private final CodeSourceTrigger trigger = TestTrigger.withSpec(TestTrigger.SHOP);

  ComparisonTimesTest() {
    trigger.setStatus(TestTrigger.status("observedGeneration: 1"));
  }

  private Optional<Instant> due(Instant now) {
    return times.due(trigger, TriggerSchedule.of(trigger, Optional.empty()), now);
  }

  private void request(String value) {
    trigger.getMetadata().getAnnotations().put(CodeSourceTrigger.REQUESTED_AT, value);
  }

  /** Pushes may have been missed. */
  @Test
  void afterAStartEveryRepositoryIsCompared() {
    assertThat(due(NOW)).isEmpty();
  }

  @Test
  void whatWasComparedIsComparedAgainAfterTheInterval() {
    times.compared(trigger, NOW);

    Instant next = due(NOW).orElseThrow();
    assertThat(Duration.between(NOW, next))
        .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(11));
    assertThat(due(next.minusMillis(1))).hasValue(next);
    assertThat(due(next)).isEmpty();
  }

  @Test
  void anotherTriggerIsNotWaitedFor() {
    times.compared(trigger, NOW);
    trigger.getMetadata().setUid("another");

    assertThat(due(NOW)).isEmpty();
  }

  @Test
  void whatIsForgottenIsComparedAtOnce() {
    times.compared(trigger, NOW);
    times.forget(trigger.getMetadata().getUid());

    assertThat(due(NOW)).isEmpty();
  }

  @Test
  void aChangedSpecIsComparedAtOnce() {
    times.compared(trigger, NOW);
    trigger.getMetadata().setGeneration(2L);

    assertThat(due(NOW)).isEmpty();
  }

  /** Whoever may change a spec could have a code host asked all the time. */
  @Test
  void aSpecThatIsChangedInALoopIsComparedEveryTwoSecondsAndNoChangeIsLost() {
    times.compared(trigger, NOW);
    trigger.getMetadata().setGeneration(2L);
    times.begins(trigger, NOW);
    trigger.setStatus(TestTrigger.status("observedGeneration: 2"));
    times.compared(trigger, NOW);
    trigger.getMetadata().setGeneration(3L);

    assertThat(due(NOW.plusSeconds(1))).hasValue(NOW.plusSeconds(2));
    assertThat(due(NOW.plusSeconds(2))).isEmpty();
    trigger.setStatus(TestTrigger.status("observedGeneration: 3"));
    assertThat(due(NOW.plusSeconds(2))).as("nothing was changed").isPresent();
  }

  /** One that waits for a place asks more than once. */
  @Test
  void whoAsksWhetherItIsDueDoesNotPutItOff() {
    request("1");
    assertThat(due(NOW)).isEmpty();
    assertThat(due(NOW.plusMillis(10))).isEmpty();
    trigger.getMetadata().getAnnotations().clear();
    trigger.getMetadata().setGeneration(2L);
    assertThat(due(NOW)).isEmpty();
    assertThat(due(NOW.plusMillis(10))).isEmpty();
  }

  @Test
  void aTriggerThatNobodyHasLookedAtIsComparedAtOnce() {
    times.compared(trigger, NOW);
    trigger.setStatus(null);

    assertThat(due(NOW)).isEmpty();
  }

  @Test
  void aRequestIsComparedAtOnceAndTheNextOneAfterFiveSeconds() {
    times.compared(trigger, NOW);
    request("1");
    assertThat(due(NOW)).isEmpty();
    times.begins(trigger, NOW);

    request("2");
    assertThat(due(NOW.plusSeconds(1))).hasValue(NOW.plusSeconds(5));
    assertThat(due(NOW.plusSeconds(5))).isEmpty();
  }

  @Test
  void aRequestThatWasHandledIsNone() {
    times.compared(trigger, NOW);
    request("1");
    trigger.setStatus(TestTrigger.status("observedGeneration: 1\nlastHandledRequestedAt: '1'\n"));

    assertThat(due(NOW)).isPresent();
  }
}
