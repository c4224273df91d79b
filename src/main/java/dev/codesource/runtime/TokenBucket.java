package dev.codesource.runtime;

import java.time.Duration;

/** A token bucket: starts full, and gets one more token per interval. */
public final class TokenBucket {

  private final int most;
  private final long nanosEach;
  private long filledAt = System.nanoTime();
  private long free;

  public TokenBucket(int most, Duration each) {
    this.free = most;
    this.most = most;
    this.nanosEach = each.toNanos();
  }

  public synchronized boolean tryTake() {
    long now = System.nanoTime();
    long due = (now - filledAt) / nanosEach;
    filledAt += due * nanosEach;
    free = Math.min(most, free + due);
    if (free == 0) {
      return false;
    }
    free--;
    return true;
  }

  void take() throws InterruptedException {
    while (!tryTake()) {
      Thread.sleep(Duration.ofNanos(nanosEach));
    }
  }
}
