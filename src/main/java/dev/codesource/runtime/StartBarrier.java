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
 * When a process may begin to work. While the number of shards is changed, processes that go by
 * another number still run, and only what the first shard has depends on the number. So the first
 * waits until nobody holds the Lease of a shard that there is no more, and each other until the
 * holder of the first's Lease goes by a number that leaves it its bindings. Each has signed its own
 * Lease before it looks at the others', so that of two who could meet one at least sees the other.
 */
public final class StartBarrier {

  private static final Logger LOG = Logger.getLogger("dev.codesource.shard");
  private static final Duration LOOK_EACH = Duration.ofMillis(500);

  private final Shard shard;
  private final Clock clock;
  private final CountDownLatch come = new CountDownLatch(1);

  public StartBarrier(Shard shard, Clock clock) {
    this.shard = shard;
    this.clock = clock;
  }

  /** Waits for the turn. */
  public void await() {
    try {
      come.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The operator ends.", e);
    }
  }

  /** There is nobody else. */
  public void take() {
    come.countDown();
  }

  /**
   * Takes the turn when the others let it. To be called by the holder of the shard's own Lease.
   *
   * @param base the name of the first shard's Lease
   */
  public void takeAfterOthers(String base, Function<String, Optional<Lease>> leases)
      throws InterruptedException {
    boolean told = false;
    while (shard.others(base).anyMatch(name -> isInTheWay(leases.apply(name)))) {
      if (!told) {
        LOG.infof(
            "Shard %d of %d waits for those who go by another number of shards",
            shard.index(), shard.count());
        told = true;
      }
      Thread.sleep(LOOK_EACH);
    }
    take();
  }

  private boolean isInTheWay(Optional<Lease> lease) {
    Optional<LeaseSpec> spec = lease.map(Lease::getSpec);
    Optional<String> holder =
        spec.map(LeaseSpec::getHolderIdentity).filter(name -> !name.isEmpty());
    return shard.index() > 0
        // Whoever takes the Lease after a holder that went by enough looks at this shard's.
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
