package dev.codesource.schedule;

import java.time.Duration;
import java.time.Instant;

/** The period in which a token that the operator obtained is valid. */
public record Lifetime(Instant begin, Instant end) {

  /** A host that grants tokens for a second must not cause a request and two writes each second. */
  private static final Duration SHORTEST = Duration.ofSeconds(5);

  /** The same for tokens of which the host itself says how long they last, which is an hour. */
  private static final Duration SHORTEST_OF_APP = Duration.ofSeconds(10);

  /**
   * When the token is renewed: after two thirds of its life, so that an outage of a third of it
   * does no harm; not sooner than ten seconds after it was obtained.
   */
  public Instant renewAt() {
    return notBefore(SHORTEST_OF_APP, twoThirds());
  }

  /**
   * As {@link #renewAt()}, plus or minus a twentieth of the life; not sooner than a minute after
   * the token was obtained.
   */
  public Instant renewAt(Jitter jitter) {
    Duration tenth = length().dividedBy(10);
    return notBefore(
        SHORTEST, twoThirds().minus(tenth.dividedBy(2)).plus(jitter.share(tenth, begin)));
  }

  public boolean contains(Instant time) {
    return time.isBefore(end);
  }

  private Instant twoThirds() {
    return begin.plus(length().multipliedBy(2).dividedBy(3));
  }

  private Instant notBefore(Duration age, Instant time) {
    Instant soonest = begin.plus(age);
    return time.isBefore(soonest) ? soonest : time;
  }

  private Duration length() {
    return Duration.between(begin, end);
  }
}
