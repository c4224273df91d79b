package dev.codesource.controller.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.schedule.Delay;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String UID = "0d3b7f0e-6c0a-4b8c-9d55-3a8a3f6f2a11";

  private final Schedule schedule = new Schedule(UID, HOUR);

  @ParameterizedTest
  @ValueSource(strings = {"PT1M", "PT1H", "PT24H", "PT8760H"})
  void proofsAreDueAtTheIntervalGiveOrTakeATenth(Duration interval) {
    List<Duration> waits =
        uids(2_000)
            .map(uid -> Duration.between(NOW, new Schedule(uid, interval).proofDue(NOW)))
            .toList();

    assertThat(waits)
        .allSatisfy(
            wait ->
                assertThat(wait)
                    .isBetween(interval.multipliedBy(9).dividedBy(10), longest(interval)));
  }

  @Test
  void bindingsMadeTogetherAreSpreadEvenlyOverTheJitter() {
    // A fifth of an hour in six parts of two minutes each.
    int[] parts = new int[6];
    uids(6_000)
        .map(uid -> Duration.between(NOW, new Schedule(uid, HOUR).proofDue(NOW)))
        .forEach(wait -> parts[(int) (wait.minusMinutes(54).toSeconds() / 120)]++);

    assertThat(Arrays.stream(parts).boxed())
        .allSatisfy(inPart -> assertThat(inPart).isBetween(800, 1_200));
  }

  @Test
  void aRestartedOperatorComesToTheSameTime() {
    assertThat(new Schedule(UID, HOUR).proofDue(NOW)).isEqualTo(schedule.proofDue(NOW));
    assertThat(schedule.proofDue(NOW.plusSeconds(3_600)))
        .isNotEqualTo(schedule.proofDue(NOW).plusSeconds(3_600));
  }

  @ParameterizedTest
  @CsvSource({
    // A notice 30, 7 and 1 day before the end, and the end itself.
    "P30DT10M, PT10M",
    "P7DT10M,  PT10M",
    "P1DT10M,  PT10M",
    "PT10M,    PT10M1S"
  })
  void aProvenBindingIsLookedAtWhenItsExpiryIsNearer(Duration left, Duration wait) {
    assertThat(schedule.afterProof(proven(NOW, NOW.plus(left)), NOW)).isEqualTo(NOW.plus(wait));
  }

  @Test
  void aNoticeThatWasDueIsNotWaitedForAgain() {
    Instant next = schedule.afterProof(proven(NOW, NOW.plus(Duration.ofDays(30))), NOW);

    assertThat(next).isEqualTo(schedule.proofDue(NOW));
  }

  @Test
  void aFarOrUnknownExpiryLeavesTheInterval() {
    assertThat(schedule.afterProof(proven(NOW, NOW.plus(Duration.ofDays(90))), NOW))
        .isEqualTo(schedule.proofDue(NOW));
    assertThat(schedule.afterProof(proven(NOW, null), NOW)).isEqualTo(schedule.proofDue(NOW));
  }

  @Test
  void theNextProofIsCountedFromTheLastOneNotFromNow() {
    Instant later = NOW.plus(Duration.ofMinutes(30));

    assertThat(schedule.afterProof(proven(NOW, null), later)).isEqualTo(schedule.proofDue(NOW));
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void theHostsWordIsKeptWhateverTheProblem(Reason reason) {
    Instant until = NOW.plus(Duration.ofMinutes(20));

    for (String uid : uids(200).toList()) {
      Optional<Instant> next =
          new Schedule(uid, HOUR)
              .afterProblem(problem(reason), Optional.of(until), failing(reason, NOW), NOW);

      // Spread over a tenth of the wait, after its end and never before.
      assertThat(next)
          .hasValueSatisfying(at -> assertThat(at).isBetween(until, until.plusSeconds(120)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PT20M"})
  void aBindingIsLookedAtWhenItsProblemHasLastedTooLong(String hostsWord) {
    Optional<Instant> until =
        Optional.of(hostsWord).filter(word -> !word.isEmpty()).map(Duration::parse).map(NOW::plus);
    Instant now = NOW.plusSeconds(100);
    BindingStatus status =
        new BindingStatus(
            BindingStatus.Phase.Failed,
            1L,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(
                new Condition(NOW.toString(), "Down.", 1L, "ServerError", "True", "Reconciling")));

    assertThat(schedule.afterProblem(problem(Reason.ServerError), until, status, now))
        .hasValue(NOW.plusSeconds(120));
  }

  @Test
  void bindingsThatWaitForOneHostComeBackApart() {
    Instant until = NOW.plus(Duration.ofMinutes(20));

    assertThat(
            uids(100)
                .map(
                    uid ->
                        new Schedule(uid, HOUR)
                            .afterProblem(
                                problem(Reason.RateLimited),
                                Optional.of(until),
                                failing(Reason.RateLimited, NOW),
                                NOW)
                            .orElseThrow()
                            .getEpochSecond())
                .distinct()
                .count())
        .isGreaterThan(30);
  }

  @ParameterizedTest
  @CsvSource({
    // lasts already, is waited for
    "PT0S,  PT30S",
    "PT1M,  PT30S",
    "PT2M,  PT1M",
    "PT10M, PT5M",
    "PT20M, PT10M",
    "P3D,   PT10M"
  })
  void whatMayBeMendedAnyMinuteIsLookedAtLessAndLessOften(Duration lasting, Duration wait) {
    BindingStatus status = failing(Reason.HostNotFound, NOW.minus(lasting));

    assertThat(waits(problem(Reason.HostNotFound), status))
        .allSatisfy(found -> assertThat(found).isBetween(shortest(wait), longest(wait)));
  }

  @Test
  void aShortIntervalIsTheLongestWait() {
    Schedule everyMinute = new Schedule(UID, Duration.ofMinutes(1));

    assertThat(
            everyMinute.afterProblem(
                problem(Reason.HostNotFound),
                Optional.empty(),
                failing(Reason.HostNotFound, NOW.minus(Duration.ofDays(1))),
                NOW))
        .hasValueSatisfying(at -> assertThat(at).isBeforeOrEqualTo(NOW.plusSeconds(66)));
  }

  @Test
  void aNewProblemIsLookedAtSoonAgainHoweverLongAnotherLastedBefore() {
    BindingStatus status =
        status(
            null,
            null,
            condition("Ready", "False", Reason.HostNotFound, NOW.minus(Duration.ofDays(3))),
            condition("Reachable", "False", Reason.HostNotFound, NOW));

    assertThat(waits(problem(Reason.HostNotFound), status))
        .allSatisfy(found -> assertThat(found).isLessThanOrEqualTo(Duration.ofSeconds(33)));
  }

  @Test
  void anOutageOfABoundBindingIsWaitedForLongerTheLongerItLasts() {
    BindingStatus status =
        status(
            NOW.minus(Duration.ofDays(1)),
            null,
            condition("Ready", "True", Reason.Bound, NOW.minus(Duration.ofDays(9))),
            condition("Reachable", "False", Reason.Redirected, NOW.minus(Duration.ofDays(1))));

    assertThat(waits(problem(Reason.Redirected), status))
        .allSatisfy(found -> assertThat(found).isGreaterThanOrEqualTo(Duration.ofMinutes(9)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"TokenRejected", "TokenExpired", "UsernameMismatch", "InsufficientScope"})
  void anAnswerOfTheHostIsAskedForAgainAtTheInterval(Reason reason) {
    assertThat(waits(problem(reason), failing(reason, NOW.minus(Duration.ofDays(3)))))
        .allSatisfy(found -> assertThat(found).isBetween(shortest(HOUR), longest(HOUR)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"InvalidURL", "PortNotAllowed", "SecretKeyMissing", "CredentialMalformed"})
  void whatOnlyAChangeMendsIsNotLookedAtBefore(Reason reason) {
    assertThat(schedule.afterProblem(problem(reason), Optional.empty(), failing(reason, NOW), NOW))
        .isEmpty();
  }

  /** No informer tells of Secrets of other types, or of ConfigMaps. */
  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"SecretNotFound", "SecretTypeNotAllowed", "CaNotFound"})
  void whatNobodyWatchesIsLookedAtAgain(Reason reason) {
    assertThat(schedule.afterProblem(problem(reason), Optional.empty(), failing(reason, NOW), NOW))
        .hasValueSatisfying(at -> assertThat(at).isBeforeOrEqualTo(NOW.plusSeconds(33)));
  }

  @ParameterizedTest
  @CsvSource({"PT10S, PT10.001S", "PT0S, PT0.001S", "PT-1S, PT0.001S", "P-3D, PT0.001S"})
  void whatIsDueAlreadyIsLookedAtAtOnce(Duration ahead, Duration delay) {
    assertThat(Delay.until(NOW.plus(ahead), NOW)).isEqualTo(delay);
  }

  private static List<Duration> waits(Problem problem, BindingStatus status) {
    return uids(200)
        .map(
            uid ->
                new Schedule(uid, HOUR)
                    .afterProblem(problem, Optional.empty(), status, NOW)
                    .orElseThrow())
        .map(at -> Duration.between(NOW, at))
        .toList();
  }

  private static Duration shortest(Duration wait) {
    return wait.multipliedBy(9).dividedBy(10);
  }

  private static Duration longest(Duration wait) {
    return wait.multipliedBy(11).dividedBy(10);
  }

  private static Stream<String> uids(int count) {
    return LongStream.range(0, count)
        .mapToObj(n -> new UUID(n * 0x9E3779B97F4A7C15L, ~n).toString());
  }

  private static Problem problem(Reason reason) {
    return new Problem(reason, "So it is.");
  }

  private static BindingStatus proven(Instant at, @Nullable Instant expiresAt) {
    return status(at, expiresAt, condition("Ready", "True", Reason.Bound, at));
  }

  private static BindingStatus failing(Reason reason, Instant since) {
    List<Condition> conditions = new ArrayList<>();
    conditions.add(condition("Ready", "False", reason, since));
    if (!reason.stage().condition().name().equals("Ready")) {
      conditions.add(condition(reason.stage().condition().name(), "False", reason, since));
    }
    return status(null, null, conditions.toArray(Condition[]::new));
  }

  private static Condition condition(String type, String status, Reason reason, Instant since) {
    return new Condition(since.toString(), "So it is.", 1L, reason.name(), status, type);
  }

  private static BindingStatus status(
      @Nullable Instant verifiedAt, @Nullable Instant expiresAt, Condition... conditions) {
    return new BindingStatus(
        null,
        1L,
        null,
        null,
        null,
        expiresAt == null ? null : expiresAt.toString(),
        null,
        verifiedAt == null ? null : verifiedAt.toString(),
        null,
        null,
        null,
        null,
        List.of(conditions));
  }
}
