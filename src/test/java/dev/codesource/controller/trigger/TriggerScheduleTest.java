package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TestTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TriggerScheduleTest {

  private static final Instant NOW = Instant.parse("2026-11-30T06:07:08Z");
  private static final TriggerStatus NOTHING = TestTrigger.status("{}");

  private final CodeSourceTrigger trigger = TestTrigger.withSpec(TestTrigger.SHOP);
  private final TriggerSchedule schedule = TriggerSchedule.of(trigger, Optional.empty());

  private Optional<Instant> after(Reason reason, Optional<Instant> until) {
    return schedule.afterProblem(new Problem(reason, "It is so."), until, NOTHING, NOW);
  }

  @Test
  void repositoriesAreComparedAtTheIntervalGiveOrTakeATenth() {
    Set<Duration> waits =
        IntStream.range(0, 1_000)
            .mapToObj(
                _ -> {
                  trigger.getMetadata().setUid(UUID.randomUUID().toString());
                  return Duration.between(
                      NOW, TriggerSchedule.of(trigger, Optional.empty()).afterComparison(NOW));
                })
            .collect(Collectors.toSet());

    assertThat(waits)
        .hasSizeGreaterThan(900)
        .allSatisfy(
            wait -> assertThat(wait).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(11)));
  }

  /** A restart does not have all of them compared at another time than was planned. */
  @Test
  void theTimeIsTheSameWheneverItIsComputed() {
    assertThat(TriggerSchedule.of(trigger, Optional.empty()).afterComparison(NOW))
        .isEqualTo(schedule.afterComparison(NOW));
  }

  @Test
  void aProblemThatOnlyAChangeCanEndIsNotLookedAtAgain() {
    assertThat(after(Reason.PatternInvalid, Optional.empty())).isEmpty();
    assertThat(after(Reason.BindingNotFound, Optional.empty())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"RepositoryNotFound", "ServerError", "Conflict"})
  void anyOtherIsLookedAtAgainAtTheInterval(Reason reason) {
    assertThat(Duration.between(NOW, after(reason, Optional.empty()).orElseThrow()))
        .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(11));
  }

  @Test
  void aHostIsNotAskedBeforeTheTimeThatItNames() {
    Instant until = NOW.plus(Duration.ofHours(1));

    assertThat(after(Reason.RateLimited, Optional.of(until)).orElseThrow())
        .isBetween(until, until.plus(Duration.ofMinutes(6)));
  }

  /** The status then says that a person must act. */
  @Test
  void whatMayPassIsLookedAtWhenItHasLastedTooLong() {
    Instant since = NOW.minusSeconds(30);
    TriggerStatus reconciling =
        TestTrigger.status(
            """
            conditions:
            - {type: Reconciling, status: 'True', reason: BindingNotBound, message: x, lastTransitionTime: '%s', observedGeneration: 1}
            """
                .formatted(since));

    assertThat(
            schedule.afterProblem(
                new Problem(Reason.BindingNotBound, "It is so."),
                Optional.empty(),
                reconciling,
                NOW))
        .hasValue(since.plus(Duration.ofMinutes(2)));
  }
}
