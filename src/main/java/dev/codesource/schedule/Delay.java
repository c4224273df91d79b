package dev.codesource.schedule;

import java.time.Duration;
import java.time.Instant;

/** Delays as the Operator SDK's timer takes them. */
public final class Delay {

  private Delay() {}

  /**
   * The delay until a time, at least a millisecond, also when the time has passed: the Operator
   * SDK's timer throws an exception for a negative delay, and the resource would never be
   * reconciled again.
   */
  public static Duration until(Instant time, Instant now) {
    return now.isBefore(time) ? Duration.between(now, time).plusMillis(1) : Duration.ofMillis(1);
  }
}
