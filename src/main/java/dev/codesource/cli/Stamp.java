package dev.codesource.cli;

import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** Values of annotations that ask for something: no two are the same. */
final class Stamp {

  private Stamp() {}

  /** The time now, with what tells it from other requests of the same moment. */
  static String now() {
    return Instant.now()
        + "-"
        + Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36), 36);
  }
}
