package dev.codesource.web.console;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How many tokens are asked about at once, at the API server or at the provider. Nobody needs a
 * session for that, so anybody can cause it.
 */
final class LoginLimit {

  static final int MOST_AT_ONCE = 16;

  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private final Duration longestWait;

  /** Who finds no place waits for two seconds. */
  LoginLimit() {
    this(Duration.ofSeconds(2));
  }

  LoginLimit(Duration longestWait) {
    this.longestWait = longestWait;
  }

  /**
   * Does the work if there is a place for it.
   *
   * @param busy thrown if there is none
   */
  <T> T within(Supplier<T> work, Supplier<? extends RuntimeException> busy) {
    if (!acquire()) {
      throw busy.get();
    }
    try {
      return work.get();
    } finally {
      places.release();
    }
  }

  private boolean acquire() {
    try {
      return places.tryAcquire(longestWait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
