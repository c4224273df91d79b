package dev.codesource.node;

import dev.codesource.cluster.Cluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How a pod ends. */
final class Ending implements Watcher<Pod>, AutoCloseable {

  private final CountDownLatch gone = new CountDownLatch(1);
  private final AtomicInteger exitCode = new AtomicInteger(-1);
  private Watch watch;

  private Ending() {}

  static Ending of(Cluster cluster, Pod pod) {
    Ending ending = new Ending();
    ending.watch = cluster.admin().resource(pod).watch(ending);
    return ending;
  }

  @Override
  public void eventReceived(Action action, Pod pod) {
    pod.getStatus().getContainerStatuses().stream()
        .map(status -> status.getState().getTerminated())
        .filter(terminated -> terminated != null)
        .forEach(terminated -> exitCode.set(terminated.getExitCode()));
    if (action == Action.DELETED) {
      gone.countDown();
    }
  }

  @Override
  public void onClose(WatcherException cause) {}

  /** Waits until the pod is gone. */
  void await(Duration atMost) {
    try {
      if (!gone.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the pod is still there after " + atMost);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Of its only container; 137 after SIGKILL. */
  int exitCode() {
    return exitCode.get();
  }

  @Override
  public void close() {
    watch.close();
  }
}
