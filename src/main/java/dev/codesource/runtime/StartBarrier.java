package dev.codesource.runtime;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Delays the first reconciliation until no other process can reconcile the same bindings. While the
 * number of shards changes, processes with the old number still run. Only the bindings of the first
 * shard depend on the number. So the first shard waits until nobody holds the Lease of a shard that
 * no longer exists. Each other shard waits until the holder of the first shard's Lease has a number
 * of shards that includes it. Each process acquires its own Lease before it reads the others, so of
 * two processes that could conflict at least one sees the other.
 */
public final class StartBarrier {

  private static final Logger LOG = Logger.getLogger("dev.codesource.runtime");
  private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

  private final Shard shard;
  private final Clock clock;
  private final CountDownLatch opened = new CountDownLatch(1);

  public StartBarrier(Shard shard, Clock clock) {
    this.shard = shard;
    this.clock = clock;
  }

  /** Blocks until {@link #open} was called. */
  public void await() {
    try {
      opened.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The operator stops.", e);
    }
  }

  /** Whether reconciliations may begin. */
  public boolean isOpen() {
    return opened.getCount() == 0;
  }

  /** Lets the reconciliations begin. */
  public void open() {
    opened.countDown();
  }

  /**
   * Opens the barrier as soon as no other process is in the way. To be called by the holder of the
   * shard's own Lease.
   *
   * @param base the name of the first shard's Lease
   * @param leases reads a Lease by its name; empty: there is none
   */
  public void openAfterOthers(String base, Function<String, Optional<Lease>> leases)
      throws InterruptedException {
    boolean logged = false;
    while (shard.others(base).anyMatch(name -> isInTheWay(leases.apply(name)))) {
      if (!logged) {
        LOG.infof(
            "Shard %d of %d waits for processes with another number of shards",
            shard.index(), shard.count());
        logged = true;
      }
      Thread.sleep(POLL_INTERVAL);
    }
    open();
  }

  private boolean isInTheWay(Optional<Lease> lease) {
    Optional<LeaseSpec> spec = lease.map(Lease::getSpec);
    Optional<String> holder =
        spec.map(LeaseSpec::getHolderIdentity).filter(name -> !name.isEmpty());
    return shard.index() > 0
        // A later holder of that Lease reads this shard's Lease before it begins.
        ? holder.map(Shard::countOf).filter(count -> count > shard.index()).isEmpty()
        : holder.isPresent() && spec.filter(this::isHeld).isPresent();
  }

  private boolean isHeld(LeaseSpec spec) {
    return spec.getRenewTime() == null
        || clock
            .instant()
            .isBefore(
                spec.getRenewTime()
                    .toInstant()
                    .plusSeconds(
                        Optional.ofNullable(spec.getLeaseDurationSeconds()).orElse(0).longValue()));
  }
}
