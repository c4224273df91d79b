package dev.codesource.app;

import dev.codesource.runtime.Instance;
import dev.codesource.runtime.Shard;
import dev.codesource.runtime.StartBarrier;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One replica's part in leader election. The Operator SDK elects the leader, but does not do two
 * things, which are done here. A replica that has lost the Lease would continue beside the next
 * leader, so it exits at once. And the Lease is released after an orderly stop; otherwise no
 * replica would work until it expires.
 */
@Singleton
@Unremovable
final class Leadership {

  private static final Logger LOG = Logger.getLogger("dev.codesource.app");

  private static final java.util.logging.Logger ELECTOR =
      java.util.logging.Logger.getLogger(LeaderElector.class.getName());

  /** Before and after the Operator SDK's own observer, which has the default priority. */
  private static final int FIRST = 1;

  private static final int LAST = 10_000;
  private static final long REST_SECONDS = 5;

  private final Settings.Role role;
  private final Settings.LeaderElection election;
  private final KubernetesClient client;
  private final ReconcilerThreads threads;
  private final Shard shard;
  private final StartBarrier barrier;
  private final String lease;
  private final String identity;
  private volatile boolean stopping;

  Leadership(
      Settings settings,
      KubernetesClient client,
      ReconcilerThreads threads,
      Shard shard,
      StartBarrier barrier,
      Instance instance) {
    this.role = settings.role();
    this.election = settings.leaderElection();
    this.client = client;
    this.threads = threads;
    this.shard = shard;
    this.barrier = barrier;
    this.lease = shard.lease(election.leaseName());
    this.identity = shard.holder(instance.name());
  }

  LeaderElectionConfiguration configuration() {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(lease)
        .withLeaseNamespace(namespace())
        .withIdentity(identity)
        .withLeaderCallbacks(new LeaderCallbacks(this::leads, this::lost, leader -> {}))
        .build();
  }

  private String namespace() {
    return election.namespace().orElseGet(() -> client.getConfiguration().getNamespace());
  }

  private void leads() {
    LOG.infof("%s leads from now on", identity);
    Thread.ofVirtual().name("start-barrier").start(this::openBarrier);
  }

  private void openBarrier() {
    try {
      barrier.openAfterOthers(election.leaseName(), this::find);
      LOG.infof("%s works from now on, on shard %d of %d", identity, shard.index(), shard.count());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the operator stops
    }
  }

  /** Retries while the API server is unavailable. */
  private Optional<Lease> find(String name) {
    while (true) {
      try {
        return Optional.ofNullable(client.leases().inNamespace(namespace()).withName(name).get());
      } catch (KubernetesClientException e) {
        LOG.warnf("The Lease %s could not be read: %s", name, e.getMessage());
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
      }
    }
  }

  /** Halts: during an orderly exit, reconciliations would continue. */
  private void lost() {
    if (!stopping) {
      LOG.errorf("%s has lost the Lease %s and ends", identity, lease);
      Runtime.getRuntime().halt(1);
    }
  }

  /** The elector is interrupted at any point, and would log that with a stack trace. */
  void beforeTheEnd(@Observes @Priority(FIRST) ShutdownEvent event) {
    stopping = true;
    ELECTOR.setLevel(Level.OFF);
  }

  void afterTheEnd(@Observes @Priority(LAST) ShutdownEvent event) throws InterruptedException {
    if (role == Settings.Role.CONSOLE) {
      return;
    }
    // A refresh of a token may be under way, and the next leader must not begin before its end.
    if (threads.awaitTermination(REST_SECONDS, TimeUnit.SECONDS)) {
      release();
    }
  }

  private void release() {
    Resource<Lease> own = client.leases().inNamespace(namespace()).withName(lease);
    try {
      if (isOwn(own.get())) {
        own.edit(Leadership::released);
      }
    } catch (KubernetesClientException e) {
      LOG.warnf("The Lease %s could not be released: %s", lease, e.getMessage());
    }
  }

  private boolean isOwn(@Nullable Lease found) {
    return found != null && identity.equals(found.getSpec().getHolderIdentity());
  }

  /** As client-go leaves it: without a holder, and about to run out. */
  private static Lease released(Lease lease) {
    return new LeaseBuilder(lease)
        .editSpec()
        .withHolderIdentity(null)
        .withLeaseDurationSeconds(1)
        .endSpec()
        .build();
  }
}
