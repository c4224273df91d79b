package dev.codesource.node;

import dev.codesource.cluster.Cluster;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.concurrent.atomic.AtomicInteger;

/** How many pods of a Deployment are available while something happens to it. */
final class Availability implements Watcher<Deployment>, AutoCloseable {

  private final AtomicInteger least = new AtomicInteger(Integer.MAX_VALUE);
  private Watch watch;

  private Availability() {}

  static Availability watch(Cluster cluster, String namespace, String deployment) {
    Availability availability = new Availability();
    availability.watch =
        cluster
            .admin()
            .apps()
            .deployments()
            .inNamespace(namespace)
            .withName(deployment)
            .watch(availability);
    return availability;
  }

  @Override
  public void eventReceived(Action action, Deployment deployment) {
    Integer available = deployment.getStatus().getAvailableReplicas();
    least.accumulateAndGet(available == null ? 0 : available, Math::min);
  }

  @Override
  public void onClose(WatcherException cause) {}

  /** The least number of pods that were available at once since the watch began. */
  int least() {
    return least.get();
  }

  @Override
  public void close() {
    watch.close();
  }
}
