package dev.codesource.runtime;

import jakarta.inject.Singleton;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * How many reconciliations write to the API server at once. Any number may wait for code hosts, but
 * what they find must not meet the API server all together: it answers more at once not faster, and
 * from some hundreds on with 429
 * (https://kubernetes.io/docs/concepts/cluster-administration/flow-control/).
 */
@Singleton
public final class ApiWriteBulkhead {

  static final int AT_ONCE = 16;

  private final Semaphore free = new Semaphore(AT_ONCE, true);

  /** Whether there is so much to write that what is less important had better wait. */
  boolean isBusy() {
    return free.availablePermits() < AT_ONCE / 2;
  }

  public <T> T execute(Supplier<T> writing) {
    free.acquireUninterruptibly();
    try {
      return writing.get();
    } finally {
      free.release();
    }
  }
}
