package dev.codesource.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times in a status: RFC 3339 in UTC, without fractions, as {@code metav1.Time} has them. */
public final class Timestamp {

  private Timestamp() {}

  /** The time as text; fractions of a second are cut off. */
  public static String of(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
