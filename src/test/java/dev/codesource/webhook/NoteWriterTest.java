package dev.codesource.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NoteWriterTest {

  private final Pages pages = new Pages();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private NoteWriter writer = writer(Duration.ofSeconds(30));

  private NoteWriter writer(Duration patience) {
    return writer(patience, Duration.ofMillis(100));
  }

  private NoteWriter writer(Duration patience, Duration firstUnattended) {
    return new NoteWriter(pages, registry, Clock.systemUTC(), patience, firstUnattended);
  }

  private double failures() {
    return registry.counter("codesource.webhook.notes", "result", "failed").count();
  }

  @AfterEach
  void close() {
    writer.close();
  }

  /** An API server that takes a write when it may. */
  private static final class Pages implements NoteStore {
    private final Semaphore allowed = new Semaphore(Integer.MAX_VALUE / 2);
    private final List<String> written = new CopyOnWriteArrayList<>();
    private volatile Optional<String> before = Optional.empty();
    private volatile boolean isAway;
    private volatile RuntimeException failure =
        new KubernetesClientException("the API server is away");

    @Override
    public Optional<String> read() {
      refuseIfAway();
      return before;
    }

    @Override
    public void write(String page) throws InterruptedException {
      allowed.acquire();
      refuseIfAway();
      written.add(page);
    }

    private void refuseIfAway() {
      if (isAway) {
        throw failure;
      }
    }

    private NotePage last() {
      return NotePage.of(written.getLast());
    }
  }

  private static boolean result(CompletableFuture<Boolean> noted) throws Exception {
    return noted.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aDeliveryIsAnsweredOnlyWhenItIsWritten() throws Exception {
    pages.allowed.drainPermits();
    CompletableFuture<Boolean> noted = writer.note("a");
    Thread.sleep(300);
    assertThat(noted).isNotDone();
    assertThat(pages.written).isEmpty();

    pages.allowed.release();

    assertThat(result(noted)).isTrue();
    assertThat(pages.last().after(0)).containsExactly("a");
  }

  @Test
  void oneWriteTakesAllThatCameSinceTheLastOneBegan() throws Exception {
    pages.allowed.drainPermits();
    CompletableFuture<Boolean> first = writer.note("first");
    await().until(pages.allowed::hasQueuedThreads);
    List<CompletableFuture<Boolean>> noted = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      noted.add(writer.note("uid-" + i % 100));
    }
    pages.allowed.release(2);

    assertThat(result(first)).isTrue();
    for (CompletableFuture<Boolean> each : noted) {
      assertThat(result(each)).isTrue();
    }
    assertThat(pages.written).hasSize(2);
    assertThat(pages.last().after(0)).hasSize(101);
  }

  /** The write that is under way may have been read before this delivery came. */
  @Test
  void aDeliveryDuringAWriteOfItsOwnWebhookIsWrittenAnew() throws Exception {
    pages.allowed.drainPermits();
    CompletableFuture<Boolean> first = writer.note("a");
    await().until(pages.allowed::hasQueuedThreads);
    CompletableFuture<Boolean> second = writer.note("a");
    pages.allowed.release();
    assertThat(result(first)).isTrue();
    long number = pages.last().last();
    assertThat(second).isNotDone();

    pages.allowed.release();

    assertThat(result(second)).isTrue();
    assertThat(pages.last().after(number)).containsExactly("a");
  }

  @Test
  void manyWebhooksAreNotedInSeveralWritesNoneOfWhichIsTooLong() throws Exception {
    pages.allowed.drainPermits();
    CompletableFuture<Boolean> first = writer.note("first");
    await().until(pages.allowed::hasQueuedThreads);
    List<CompletableFuture<Boolean>> noted =
        IntStream.range(0, 2 * NotePage.MOST).mapToObj(i -> writer.note("uid-" + i)).toList();
    pages.allowed.release(100);
    assertThat(result(first)).isTrue();
    for (CompletableFuture<Boolean> each : noted) {
      assertThat(result(each)).isTrue();
    }

    assertThat(pages.written).hasSize(3);
    long read = 0;
    int told = 0;
    for (String page : pages.written) {
      assertThat(NotePage.of(page).isCompleteAfter(read)).isTrue();
      told += NotePage.of(page).after(read).size();
      read = NotePage.of(page).last();
    }
    assertThat(told).isEqualTo(1 + 2 * NotePage.MOST);
  }

  @Test
  void aWriteThatFailsIsTriedAgainWhileSomebodyWaits() throws Exception {
    pages.isAway = true;
    CompletableFuture<Boolean> noted = writer.note("a");
    await().until(() -> failures() > 1);
    pages.isAway = false;

    assertThat(result(noted)).isTrue();
    assertThat(pages.written).hasSize(1);
  }

  @Test
  void noFailureEndsIt() throws Exception {
    writer.close();
    writer = writer(Duration.ofSeconds(2));
    pages.failure = new IllegalStateException("unexpected");
    pages.isAway = true;
    assertThat(result(writer.note("a"))).isFalse();
    pages.isAway = false;

    assertThat(result(writer.note("b"))).isTrue();
  }

  @Test
  void whoWaitsTooLongIsToldThatItIsNotNoted() throws Exception {
    writer.close();
    writer = writer(Duration.ofMillis(100));
    pages.isAway = true;

    assertThat(result(writer.note("a"))).isFalse();
  }

  /** So that the comparison is not left to the interval, if no other delivery comes. */
  @Test
  void whatWasNotNotedIsNotedWhenTheApiServerIsBack() throws Exception {
    writer.close();
    writer = writer(Duration.ofSeconds(2));
    assertThat(result(writer.note("before"))).isTrue();
    long number = pages.last().last();
    pages.isAway = true;
    assertThat(result(writer.note("a"))).isFalse();
    assertThat(result(writer.note("b"))).isFalse();
    assertThat(failures()).as("with pauses, also while b waits behind a").isBetween(2.0, 60.0);
    pages.isAway = false;

    await().until(() -> pages.last().after(number).size() == 2);
    assertThat(pages.last().after(0)).containsExactly("before", "a", "b");
    assertThat(pages.last().isCompleteAfter(number)).isTrue();
  }

  @Test
  void whatCameBeforeTheNotesOfAProcessBeforeCouldBeReadIsNotedLater() throws Exception {
    writer.close();
    NotePage page = new NotePage();
    page.add(List.of("before"), Clock.systemUTC().instant());
    pages.before = Optional.of(page.text());
    pages.isAway = true;
    writer = writer(Duration.ofMillis(100));
    assertThat(result(writer.note("a"))).isFalse();
    pages.isAway = false;

    await().until(() -> !pages.written.isEmpty());
    assertThat(pages.last().after(0)).containsExactly("before", "a");
  }

  @Test
  void aDeliveryDoesNotWaitForTheNextTryOfWhatNobodyWaitsFor() throws Exception {
    writer.close();
    writer = writer(Duration.ofSeconds(3), Duration.ofHours(1));
    pages.isAway = true;
    assertThat(result(writer.note("a"))).isFalse();
    Thread.sleep(1_000); // now the next try is in an hour
    double before = failures();
    pages.isAway = false;

    assertThat(result(writer.note("b"))).isTrue();
    assertThat(failures()).as("it was not tried meanwhile").isEqualTo(before);
    assertThat(pages.last().after(0)).containsExactly("a", "b");
  }

  @Test
  void whatNobodyWaitsForIsTriedLessAndLessOften() throws Exception {
    writer.close();
    writer = writer(Duration.ofMillis(1));
    pages.isAway = true;
    var _ = writer.note("a");
    Thread.sleep(3_000);

    // After 0.1 s, 0.2 s, 0.4 s, 0.8 s, 1.6 s; without that it would be 30.
    assertThat(failures()).isBetween(2.0, 9.0);
  }

  @Test
  void theNotesOfAProcessBeforeAreKept() throws Exception {
    NotePage page = new NotePage();
    page.add(List.of("before"), Clock.systemUTC().instant());
    pages.before = Optional.of(page.text());

    assertThat(result(writer.note("a"))).isTrue();

    assertThat(pages.last().after(0)).containsExactly("before", "a");
    assertThat(pages.last().after(page.last())).containsExactly("a");
  }

  /** Otherwise they would be lost with the first write. */
  @Test
  void nothingIsWrittenUntilTheNotesOfAProcessBeforeAreRead() throws Exception {
    pages.isAway = true;
    writer.close();
    writer = writer(Duration.ofMillis(300));
    assertThat(result(writer.note("a"))).isFalse();
    assertThat(pages.written).isEmpty();
  }

  @Test
  void whoWaitsWhenTheOperatorStopsIsToldSo() throws Exception {
    pages.allowed.drainPermits();
    var _ = writer.note("under way");
    await().until(pages.allowed::hasQueuedThreads);
    CompletableFuture<Boolean> noted = writer.note("a");
    writer.close();

    assertThat(result(noted)).isFalse();
    assertThat(result(writer.note("late"))).isFalse();
  }
}
