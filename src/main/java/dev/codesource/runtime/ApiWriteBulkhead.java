package dev.codesource.runtime;

import jakarta.inject.Singleton;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Limits how many reconciliations write to the API server at once. Any number may wait for code
 * hosts, but their writes must not reach the API server at the same time: more concurrent requests
 * are not answered faster, and some hundreds of them get 429
 * (https://kubernetes.io/docs/concepts/cluster-administration/flow-control/).
 */
@Singleton
public final class ApiWriteBulkhead {

  static final int AT_ONCE = 16;

  private final Semaphore free = new Semaphore(AT_ONCE, true);

  /**
   * Whether more than half of the permits are in use, so that less important writes should wait.
   */
  public boolean isBusy() {
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
