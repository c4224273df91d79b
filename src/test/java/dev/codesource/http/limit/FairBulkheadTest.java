package dev.codesource.http.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.codesource.http.limit.FairBulkhead.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FairBulkheadTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration NOW = Duration.ofMillis(20);

  private final FairBulkhead bulkhead = new FairBulkhead(2);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  private Permit permit(String tenant) {
    return bulkhead.acquire(tenant, LONG).orElseThrow();
  }

  @Test
  void whoComesLateGetsNothing() {
    permit("a");
    permit("b");
    assertThat(bulkhead.acquire("c", NOW)).isEmpty();
  }

  @Test
  void aPermitIsLeftForATenantThatComesWhateverOthersHold() {
    FairBulkhead ten = new FairBulkhead(10);
    assertThat(held(ten, "flood")).as("half of them").isEqualTo(5);
    assertThat(held(ten, "second")).isEqualTo(3);
    assertThat(ten.acquire("good", NOW)).isPresent();
  }

  @Test
  void whoDoesNotWaitGetsNoMoreThanWhoWaits() {
    FairBulkhead ten = new FairBulkhead(10);
    List<Permit> flood = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ten.tryAcquire("flood").ifPresent(flood::add);
    }
    assertThat(flood).hasSize(5);
    assertThat(ten.tryAcquire("good")).isPresent();
    flood.forEach(Permit::close);
    assertThat(ten.tryAcquire("flood")).isPresent();
  }

  @Test
  void whoHoldsManyGetsAnotherWhenOthersHaveFinished() {
    FairBulkhead ten = new FairBulkhead(10);
    Permit other = ten.acquire("good", NOW).orElseThrow();
    Permit another = ten.acquire("good", NOW).orElseThrow();
    assertThat(held(ten, "flood")).isEqualTo(4);
    Future<Permit> next = threads.submit(() -> ten.acquire("flood", LONG).orElseThrow());
    other.close();
    another.close();
    assertThat(next).succeedsWithin(LONG);
  }

  /** How many permits the tenant can get now. */
  private static int held(FairBulkhead bulkhead, String tenant) {
    int held = 0;
    while (bulkhead.acquire(tenant, NOW).isPresent()) {
      held++;
    }
    return held;
  }

  @Test
  void aPermitThatIsClosedIsFreeAndClosingItTwiceFreesOne() {
    Permit first = permit("a");
    permit("b");
    first.close();
    first.close();
    permit("a");
    assertThat(bulkhead.acquire("c", NOW)).isEmpty();
  }

  @Test
  void aFreePermitGoesToTheTenantThatHoldsTheFewest() throws Exception {
    FairBulkhead three = new FairBulkhead(3);
    Permit held = three.acquire("flood", NOW).orElseThrow();
    Permit alsoHeld = three.acquire("flood", NOW).orElseThrow();
    assertThat(three.acquire("other", NOW)).isPresent();
    List<String> order = new CopyOnWriteArrayList<>();
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(
          threads.submit(
              () -> {
                try (Permit permit = three.acquire("flood", LONG).orElseThrow()) {
                  order.add("flood");
                }
              }));
    }
    Thread.sleep(100);
    waiting.add(
        threads.submit(
            () -> {
              try (Permit permit = three.acquire("good", LONG).orElseThrow()) {
                order.add("good");
              }
            }));
    Thread.sleep(100);

    held.close();
    await().until(() -> order.contains("good"));
    alsoHeld.close();

    for (Future<?> each : waiting) {
      each.get();
    }
    assertThat(order).startsWith("good").hasSize(21);
  }

  @Test
  void whoIsInterruptedLeavesTheQueue() throws Exception {
    Permit held = permit("a");
    permit("b");
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () ->
                    assertThatThrownBy(() -> permit("c"))
                        .isInstanceOf(RequestInterruptedException.class));
    await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
    waiting.interrupt();
    waiting.join();

    held.close();
    assertThat(bulkhead.acquire("d", LONG)).isPresent();
  }

  @Test
  void noPermitIsLostWhenManyComeAndGo() throws Exception {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      String tenant = "t" + i % 7;
      Duration patience = Duration.ofMillis(i % 3);
      all.add(
          threads.submit(
              () -> {
                Optional<Permit> permit = bulkhead.acquire(tenant, patience);
                permit.ifPresent(Permit::close);
              }));
    }
    for (Future<?> each : all) {
      each.get();
    }
    permit("a");
    permit("b");
  }
}
