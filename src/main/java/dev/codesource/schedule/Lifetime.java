package dev.codesource.schedule;

import java.time.Duration;
import java.time.Instant;

/** The period in which a token that the operator obtained is valid. */
public record Lifetime(Instant begin, Instant end) {

  /**
   * When the token is renewed: after two thirds of its life, so that an outage of a third of it
   * does no harm.
   *
   * @param minimumAge not sooner than this after it was obtained, whatever the host says: each
   *     renewal costs requests and writes
   */
  public Instant renewAt(Duration minimumAge) {
    return notBefore(minimumAge, twoThirds());
  }

  /** As {@link #renewAt(Duration)}, plus or minus a twentieth of the life. */
  public Instant renewAt(Duration minimumAge, Jitter jitter) {
    Duration tenth = length().dividedBy(10);
    return notBefore(
        minimumAge, twoThirds().minus(tenth.dividedBy(2)).plus(jitter.share(tenth, begin)));
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
