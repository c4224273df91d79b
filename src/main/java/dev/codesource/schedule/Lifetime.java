package dev.codesource.schedule;

import java.time.Duration;
import java.time.Instant;

/** The period in which a token that the operator obtained is valid. */
public record Lifetime(Instant begin, Instant end) {

  /**
   * When the token is renewed: after two thirds of its life, so that an outage of a third of it
   * does no harm.
   */
  public Instant renewAt() {
    return begin.plus(length().multipliedBy(2).dividedBy(3));
  }

  /** As {@link #renewAt()}, plus or minus a twentieth of the life. */
  public Instant renewAt(Jitter jitter) {
    Duration tenth = length().dividedBy(10);
    return renewAt().minus(tenth.dividedBy(2)).plus(jitter.share(tenth, begin));
  }

  public boolean contains(Instant time) {
    return time.isBefore(end);
  }

  private Duration length() {
    return Duration.between(begin, end);
  }
}
