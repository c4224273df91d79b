package dev.codesource.http.limit;

import dev.codesource.reason.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a site is asked: yes while the circuit is closed; no while it is open; by one at a time
 * while it is half-open, which it is after its back-off until something is found.
 */
final class CircuitBreaker {
  /** How long after a back-off the next failure still counts as one more in a row. */
  private static final Duration MEMORY = Duration.ofMinutes(30);

  private final BackOff backOff;
  private int failures;
  private Optional<Rejected> open = Optional.empty();
  private boolean probing;

  /**
   * Goes up with each failure that counts. A request that began before does not report anything
   * new: of many requests that were under way when a host went down, one counts.
   */
  private long epoch;

  CircuitBreaker(BackOff backOff) {
    this.backOff = backOff;
  }

  /** The site is not asked. */
  record Rejected(Problem problem, Instant until) {}

  /**
   * The site may be asked.
   *
   * @param probe whether others wait for what is found
   */
  record Pass(long epoch, boolean probe) {

    /** Of a circuit breaker that did not exist yet, since nothing had failed. */
    static final Pass OF_CLOSED = new Pass(0, false);
  }

  Optional<Rejected> rejection(Instant now) {
    return open.filter(rejected -> now.isBefore(rejected.until()));
  }

  /** Whether someone else is finding out if the site can be asked again. */
  boolean isProbing() {
    return probing;
  }

  /** To be called while the site is neither rejected nor probed. */
  Pass pass() {
    probing = open.isPresent();
    return new Pass(epoch, probing);
  }

  /** Nothing was found out. */
  void ignored(Pass pass) {
    if (pass.probe()) {
      probing = false;
    }
  }

  /** The site answered, whatever it said. */
  void succeeded(Pass pass) {
    if (pass.epoch() == epoch) {
      failures = 0;
      open = Optional.empty();
    }
    ignored(pass);
  }

  /**
   * The site did not answer, or asked to wait.
   *
   * @return until when it is left alone
   */
  Instant failed(Pass pass, Problem problem, Optional<Instant> said, Instant now) {
    boolean counts = pass.epoch() == epoch;
    if (counts) {
      epoch++;
      failures++;
    }
    Instant until = backOff.until(now, Math.max(1, failures), said);
    if (counts || (said.isPresent() && open.stream().allMatch(o -> o.until().isBefore(until)))) {
      open = Optional.of(new Rejected(problem, until));
    }
    ignored(pass);
    return rejection(now).map(Rejected::until).orElse(until);
  }

  /** Whether the last thing that was found is a failure, not long ago. */
  boolean hasFailed(Instant now) {
    return open.filter(rejected -> now.isBefore(rejected.until().plus(MEMORY))).isPresent();
  }

  boolean isForgettable(Instant now) {
    return !probing && !hasFailed(now);
  }
}
