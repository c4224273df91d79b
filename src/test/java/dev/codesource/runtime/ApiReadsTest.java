package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ApiReadsTest {

  private final ApiReads reads = new ApiReads();
  private final AtomicInteger reading = new AtomicInteger();
  private final Semaphore answers = new Semaphore(0);
  private final List<String> read = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private void start(String namespace) {
    threads.add(Thread.ofVirtual().start(() -> reads.read(namespace, () -> answer(namespace))));
  }

  private String answer(String namespace) {
    reading.incrementAndGet();
    answers.acquireUninterruptibly();
    read.add(namespace);
    reading.decrementAndGet();
    return namespace;
  }

  @Test
  void threeObjectsAreReadAtOnceAndOtherNamespacesDoNotWaitForAll() throws Exception {
    for (int i = 0; i < 50; i++) {
      start("bad" + i % 3);
    }
    Awaitility.await().until(() -> reading.get() >= ApiReads.AT_ONCE);
    start("good");
    Awaitility.await().until(() -> threads.getLast().getState() == Thread.State.TIMED_WAITING);

    for (int i = 0; i < 8; i++) {
      assertThat(reading).hasValueLessThanOrEqualTo(ApiReads.AT_ONCE);
      int before = read.size();
      answers.release();
      Awaitility.await().until(() -> read.size() > before);
    }
    assertThat(read).contains("good");

    answers.release(100);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(read).hasSize(51);
  }

  @Test
  void aPageDoesNotWaitLongForAPlace() throws Exception {
    for (int i = 0; i < ApiReads.AT_ONCE; i++) {
      start("team" + i);
    }
    Awaitility.await().until(() -> reading.get() == ApiReads.AT_ONCE);
    ApiReads ofPages = reads.withShortWait();
    long before = System.nanoTime();

    assertThatThrownBy(() -> ofPages.read("other", () -> "page"))
        .isInstanceOf(KubernetesClientException.class);

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
    answers.release(100);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ofPages.read("other", () -> "page")).isEqualTo("page");
  }
}
