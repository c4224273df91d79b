package dev.codesource.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Adds jitter to times, so that work that began at the same time is not repeated at the same time.
 */
public interface Jitter {

  /** A number from 0 (inclusive) to 1 (exclusive). */
  double next(Instant from);

  /** Drawn each time. */
  static Jitter random(RandomGenerator random) {
    return from -> {
      synchronized (random) { // not every generator may be used by several threads
        return random.nextDouble();
      }
    };
  }

  /** Computed from a key and a time, so that a restarted operator gets the same result. */
  static Jitter computed(String key) {
    return from -> {
      // The multiplier of Knuth's multiplicative hashing spreads neighbouring values.
      long spread = (key.hashCode() * 31L + from.getEpochSecond()) * 2654435761L;
      return Math.floorMod(spread >>> 8, 1L << 30) / (double) (1L << 30);
    };
  }

  /** A part of a duration, in whole milliseconds. */
  default Duration share(Duration whole, Instant from) {
    return Duration.ofMillis((long) (whole.toMillis() * next(from)));
  }

  /** The duration plus or minus a tenth. */
  default Duration aroundTenth(Duration duration, Instant from) {
    return duration.minus(duration.dividedBy(10)).plus(share(duration.dividedBy(5), from));
  }
}
