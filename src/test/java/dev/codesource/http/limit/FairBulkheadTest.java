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
    permit("a");
    assertThat(bulkhead.acquire("b", Duration.ofMillis(20))).isEmpty();
  }

  @Test
  void aPermitThatIsClosedIsFreeAndClosingItTwiceFreesOne() {
    Permit first = permit("a");
    permit("a");
    first.close();
    first.close();
    permit("b");
    assertThat(bulkhead.acquire("b", Duration.ofMillis(20))).isEmpty();
  }

  @Test
  void aFreePermitGoesToTheTenantThatHoldsTheFewest() throws Exception {
    Permit held = permit("flood");
    permit("flood");
    List<String> order = new CopyOnWriteArrayList<>();
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(
          threads.submit(
              () -> {
                try (Permit permit = permit("flood")) {
                  order.add("flood");
                }
              }));
    }
    Thread.sleep(100);
    waiting.add(
        threads.submit(
            () -> {
              try (Permit permit = permit("good")) {
                order.add("good");
              }
            }));
    Thread.sleep(100);

    held.close();

    for (Future<?> each : waiting) {
      each.get();
    }
    assertThat(order).startsWith("good").hasSize(21);
  }

  @Test
  void whoIsInterruptedLeavesTheQueue() throws Exception {
    Permit held = permit("a");
    permit("a");
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () ->
                    assertThatThrownBy(() -> permit("b"))
                        .isInstanceOf(RequestInterruptedException.class));
    await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
    waiting.interrupt();
    waiting.join();

    held.close();
    assertThat(bulkhead.acquire("c", LONG)).isPresent();
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
