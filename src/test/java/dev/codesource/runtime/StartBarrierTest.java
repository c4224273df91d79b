package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartBarrierTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final Map<String, Lease> leases = new ConcurrentHashMap<>();
  private @Nullable Thread taking;

  @AfterEach
  void end() {
    if (taking != null) {
      taking.interrupt();
    }
  }

  @Test
  void theFirstWaitsForAShardThatIsNoMore() {
    leases.put("operator-1", held("pod-b_of_2", NOW.minusSeconds(5)));
    Thread first = begin(Shard.WHOLE);

    assertWaits(first);
    leases.put("operator-1", released());
    assertBegins(first);
  }

  @Test
  void whoeverHasDiedIsWaitedForUntilItsLeaseHasRunOut() {
    leases.put("operator-1", held("pod-b_of_2", NOW.minusSeconds(16)));

    assertBegins(begin(Shard.WHOLE));
  }

  @Test
  void theFirstDoesNotWaitForItsFellows() {
    leases.put("operator-1", held("pod-b_of_2", NOW));

    assertBegins(begin(new Shard(0, 2)));
  }

  @Test
  void anotherWaitsUntilTheFirstLeavesItItsBindings() {
    Thread second = begin(new Shard(1, 2));

    assertWaits(second);
    leases.put("operator", held("pod-a", NOW));
    assertWaits(second);
    leases.put("operator", held("pod-c_of_2", NOW));
    assertBegins(second);
  }

  @Test
  void theFirstMayBeAwayWhenItWentByEnough() {
    leases.put("operator", held("pod-c_of_4", NOW.minusSeconds(600)));

    assertBegins(begin(new Shard(3, 4)));
  }

  private Thread begin(Shard shard) {
    StartBarrier barrier = new StartBarrier(shard, Clock.fixed(NOW, ZoneOffset.UTC));
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    barrier.openAfterOthers(
                        "operator", name -> Optional.ofNullable(leases.get(name)));
                    barrier.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    taking = thread;
    return thread;
  }

  private static void assertWaits(Thread thread) {
    Awaitility.await()
        .during(Duration.ofMillis(1200))
        .atMost(Duration.ofSeconds(5))
        .until(thread::isAlive);
  }

  private static void assertBegins(Thread thread) {
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !thread.isAlive());
    assertThat(thread.isInterrupted()).isFalse();
  }

  private static Lease held(String holder, Instant renewed) {
    return new LeaseBuilder()
        .withNewSpec()
        .withHolderIdentity(holder)
        .withLeaseDurationSeconds(15)
        .withRenewTime(ZonedDateTime.ofInstant(renewed, ZoneOffset.UTC))
        .endSpec()
        .build();
  }

  private static Lease released() {
    return new LeaseBuilder().withNewSpec().withLeaseDurationSeconds(1).endSpec().build();
  }
}
