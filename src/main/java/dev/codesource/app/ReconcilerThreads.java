package dev.codesource.app;

import jakarta.inject.Singleton;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A virtual thread for each reconciliation: one that waits for a code host uses few resources, so a
 * slow host does not delay the bindings of other hosts.
 */
@Singleton
final class ReconcilerThreads {

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  ExecutorService executor() {
    return threads;
  }

  /** Whether the last reconciliation has ended. Shut down by the Operator SDK. */
  boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return threads.awaitTermination(timeout, unit);
  }
}
