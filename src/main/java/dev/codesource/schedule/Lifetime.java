package dev.codesource.schedule;

import java.time.Duration;
import java.time.Instant;

/** The period in which a token that the operator obtained is valid. */
public record Lifetime(Instant begin, Instant end) {

  /** A host that grants tokens for a second must not cause a request and two writes each second. */
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  /**
   * When the token is renewed: after two thirds of its life, so that an outage of a third of it
   * does no harm; not sooner than a minute after it was obtained.
   */
  public Instant renewAt() {
    return notTooSoon(twoThirds());
  }

  /** As {@link #renewAt()}, plus or minus a twentieth of the life. */
  public Instant renewAt(Jitter jitter) {
    Duration tenth = length().dividedBy(10);
    return notTooSoon(twoThirds().minus(tenth.dividedBy(2)).plus(jitter.share(tenth, begin)));
  }

  public boolean contains(Instant time) {
    return time.isBefore(end);
  }

  private Instant twoThirds() {
    return begin.plus(length().multipliedBy(2).dividedBy(3));
  }

  private Instant notTooSoon(Instant time) {
    Instant soonest = begin.plus(SHORTEST);
    return time.isBefore(soonest) ? soonest : time;
  }

  private Duration length() {
    return Duration.between(begin, end);
  }
}
