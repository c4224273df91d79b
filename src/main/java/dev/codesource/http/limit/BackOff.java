package dev.codesource.http.limit;

import dev.codesource.schedule.Jitter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Computes how long no request is sent to a host. */
final class BackOff {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** The maximum for a time that a host asks for. */
  private static final Duration LONGEST_SAID = Duration.ofHours(1);

  private static final Duration FOR_ONE = Duration.ofMinutes(1);

  private final Jitter jitter;

  BackOff(RandomGenerator random) {
    this.jitter = Jitter.random(random);
  }

  /**
   * When the next request may be sent to the host.
   *
   * @param failures how many in a row, this one included
   * @param said the time that the host asked to wait for
   */
  Instant until(Instant now, int failures, Optional<Instant> said) {
    return asSaid(now, said)
        .orElseGet(() -> now.plus(jitter.aroundTenth(exponential(failures), now)));
  }

  /** For a wait that concerns one credential only, for which no state is kept. */
  Instant untilForOne(Instant now, Optional<Instant> said) {
    return asSaid(now, said).orElseGet(() -> now.plus(jitter.aroundTenth(FOR_ONE, now)));
  }

  private static Optional<Instant> asSaid(Instant now, Optional<Instant> said) {
    Instant latest = now.plus(LONGEST_SAID);
    return said.filter(until -> until.isAfter(now))
        .map(until -> until.isBefore(latest) ? until : latest);
  }

  private static Duration exponential(int failures) {
    Duration wait = FIRST;
    for (int i = 1; i < failures && wait.compareTo(LONGEST) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
  }
}
