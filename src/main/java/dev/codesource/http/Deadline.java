package dev.codesource.http;

import dev.codesource.http.limit.RequestInterruptedException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A moment by which something must be over.
 *
 * @param nanoTime on the clock of {@link System#nanoTime()}
 */
record Deadline(long nanoTime) {

  static Deadline in(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  /** What is left, but not more than {@code most}; never negative. */
  Duration remaining(Duration most) {
    Duration left = Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    return left.compareTo(most) < 0 ? left : most;
  }

  boolean hasPassed() {
    return nanoTime - System.nanoTime() <= 0;
  }

  /**
   * Waits for a future.
   *
   * @throws RequestInterruptedException with the interrupt flag set again
   */
  <T> T await(Future<T> future) throws ExecutionException, TimeoutException {
    try {
      return future.get(Math.max(0, nanoTime - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestInterruptedException(e);
    }
  }
}
