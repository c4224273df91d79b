package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ComputeThreadsTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private final ComputeThreads threads = new ComputeThreads();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    callers.shutdownNow();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** It computes as much as it likes, and others go on. */
  @Test
  void aNamespaceThatComputesAllTheTimeHoldsUpNoOther() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger atOnce = new AtomicInteger();
    List<Future<Boolean>> flood = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      flood.add(
          callers.submit(
              () ->
                  threads.compute(
                      "flood",
                      () -> {
                        atOnce.incrementAndGet();
                        begun.countDown();
                        return await(end);
                      })));
    }
    await(begun);

    assertThat(threads.compute("good", () -> "done")).isEqualTo("done");
    assertThat(atOnce).hasValue(1);
    end.countDown();
    assertThat(flood).allSatisfy(each -> assertThat(each).succeedsWithin(LONG));
  }

  @Test
  void noCarrierOfVirtualThreadsIsUsed() throws Exception {
    Future<Boolean> isVirtual =
        callers.submit(() -> threads.compute("team-a", () -> Thread.currentThread().isVirtual()));
    assertThat(isVirtual.get()).isFalse();
  }

  @Test
  void whatFailsIsThrownAndItsPlaceIsFree() {
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(
              () ->
                  threads.compute(
                      "team-a",
                      () -> {
                        throw new IllegalArgumentException("wrong");
                      }))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(threads.compute("team-a", () -> 1)).isOne();
  }
}
