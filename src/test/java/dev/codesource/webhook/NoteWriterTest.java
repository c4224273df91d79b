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

  private final Store store = new Store();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private NoteWriter writer = writer(Duration.ofSeconds(30));

  private NoteWriter writer(Duration patience) {
    return writer(patience, Duration.ofMillis(100));
  }

  private NoteWriter writer(Duration patience, Duration firstUnattended) {
    return new NoteWriter(store, registry, Clock.systemUTC(), patience, firstUnattended);
  }

  private double failures() {
    return registry.counter("codesource.webhook.notes", "result", "failed").count();
  }

  @AfterEach
  void close() {
    writer.close();
  }

  /** An API server that takes a write when it may. */
  private static final class Store implements NoteStore {
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
    public void write(String notes) throws InterruptedException {
      allowed.acquire();
      refuseIfAway();
      written.add(notes);
    }

    private void refuseIfAway() {
      if (isAway) {
        throw failure;
      }
    }

    private ReplicaNotes last() {
      return ReplicaNotes.of(written.getLast());
    }
  }

  private static boolean result(CompletableFuture<Boolean> noted) throws Exception {
    return noted.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aDeliveryIsAnsweredOnlyWhenItIsWritten() throws Exception {
    store.allowed.drainPermits();
    CompletableFuture<Boolean> noted = writer.note("a");
    Thread.sleep(300);
    assertThat(noted).isNotDone();
    assertThat(store.written).isEmpty();

    store.allowed.release();

    assertThat(result(noted)).isTrue();
    assertThat(store.last().after(0)).containsExactly("a");
  }

  @Test
  void oneWriteTakesAllThatCameSinceTheLastOneBegan() throws Exception {
    store.allowed.drainPermits();
    CompletableFuture<Boolean> first = writer.note("first");
    await().until(store.allowed::hasQueuedThreads);
    List<CompletableFuture<Boolean>> noted = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      noted.add(writer.note("uid-" + i % 100));
    }
    store.allowed.release(2);

    assertThat(result(first)).isTrue();
    for (CompletableFuture<Boolean> each : noted) {
      assertThat(result(each)).isTrue();
    }
    assertThat(store.written).hasSize(2);
    assertThat(store.last().after(0)).hasSize(101);
  }

  /** The write that is under way may have been read before this delivery came. */
  @Test
  void aDeliveryDuringAWriteOfItsOwnWebhookIsWrittenAnew() throws Exception {
    store.allowed.drainPermits();
    CompletableFuture<Boolean> first = writer.note("a");
    await().until(store.allowed::hasQueuedThreads);
    CompletableFuture<Boolean> second = writer.note("a");
    store.allowed.release();
    assertThat(result(first)).isTrue();
    long number = store.last().last();
    assertThat(second).isNotDone();

    store.allowed.release();

    assertThat(result(second)).isTrue();
    assertThat(store.last().after(number)).containsExactly("a");
  }

  @Test
  void manyWebhooksAreNotedInSeveralWritesNoneOfWhichIsTooLong() throws Exception {
    store.allowed.drainPermits();
    CompletableFuture<Boolean> first = writer.note("first");
    await().until(store.allowed::hasQueuedThreads);
    List<CompletableFuture<Boolean>> noted =
        IntStream.range(0, 2 * ReplicaNotes.MOST).mapToObj(i -> writer.note("uid-" + i)).toList();
    store.allowed.release(100);
    assertThat(result(first)).isTrue();
    for (CompletableFuture<Boolean> each : noted) {
      assertThat(result(each)).isTrue();
    }

    assertThat(store.written).hasSize(3);
    long read = 0;
    int told = 0;
    for (String notes : store.written) {
      assertThat(ReplicaNotes.of(notes).isCompleteAfter(read)).isTrue();
      told += ReplicaNotes.of(notes).after(read).size();
      read = ReplicaNotes.of(notes).last();
    }
    assertThat(told).isEqualTo(1 + 2 * ReplicaNotes.MOST);
  }

  @Test
  void aWriteThatFailsIsTriedAgainWhileSomebodyWaits() throws Exception {
    store.isAway = true;
    CompletableFuture<Boolean> noted = writer.note("a");
    await().until(() -> failures() > 1);
    store.isAway = false;

    assertThat(result(noted)).isTrue();
    assertThat(store.written).hasSize(1);
  }

  @Test
  void noFailureEndsIt() throws Exception {
    writer.close();
    writer = writer(Duration.ofSeconds(2));
    store.failure = new IllegalStateException("unexpected");
    store.isAway = true;
    assertThat(result(writer.note("a"))).isFalse();
    store.isAway = false;

    assertThat(result(writer.note("b"))).isTrue();
  }

  @Test
  void whoWaitsTooLongIsToldThatItIsNotNoted() throws Exception {
    writer.close();
    writer = writer(Duration.ofMillis(100));
    store.isAway = true;

    assertThat(result(writer.note("a"))).isFalse();
  }

  /** So that the comparison is not left to the interval, if no other delivery comes. */
  @Test
  void whatWasNotNotedIsNotedWhenTheApiServerIsBack() throws Exception {
    writer.close();
    writer = writer(Duration.ofSeconds(2));
    assertThat(result(writer.note("before"))).isTrue();
    long number = store.last().last();
    store.isAway = true;
    assertThat(result(writer.note("a"))).isFalse();
    assertThat(result(writer.note("b"))).isFalse();
    assertThat(failures()).as("with pauses, also while b waits behind a").isBetween(2.0, 60.0);
    store.isAway = false;

    await().until(() -> store.last().after(number).size() == 2);
    assertThat(store.last().after(0)).containsExactly("before", "a", "b");
    assertThat(store.last().isCompleteAfter(number)).isTrue();
  }

  @Test
  void whatCameBeforeTheNotesOfAProcessBeforeCouldBeReadIsNotedLater() throws Exception {
    writer.close();
    ReplicaNotes notes = new ReplicaNotes();
    notes.add(List.of("before"), Clock.systemUTC().instant());
    store.before = Optional.of(notes.text());
    store.isAway = true;
    writer = writer(Duration.ofMillis(100));
    assertThat(result(writer.note("a"))).isFalse();
    store.isAway = false;

    await().until(() -> !store.written.isEmpty());
    assertThat(store.last().after(0)).containsExactly("before", "a");
  }

  @Test
  void aDeliveryDoesNotWaitForTheNextTryOfWhatNobodyWaitsFor() throws Exception {
    writer.close();
    writer = writer(Duration.ofSeconds(3), Duration.ofHours(1));
    store.isAway = true;
    assertThat(result(writer.note("a"))).isFalse();
    Thread.sleep(1_000); // now the next try is in an hour
    double before = failures();
    store.isAway = false;

    assertThat(result(writer.note("b"))).isTrue();
    assertThat(failures()).as("it was not tried meanwhile").isEqualTo(before);
    assertThat(store.last().after(0)).containsExactly("a", "b");
  }

  @Test
  void whatNobodyWaitsForIsTriedLessAndLessOften() throws Exception {
    writer.close();
    writer = writer(Duration.ofMillis(1));
    store.isAway = true;
    var _ = writer.note("a");
    Thread.sleep(3_000);

    // After 0.1 s, 0.2 s, 0.4 s, 0.8 s, 1.6 s; without that it would be 30.
    assertThat(failures()).isBetween(2.0, 9.0);
  }

  @Test
  void theNotesOfAProcessBeforeAreKept() throws Exception {
    ReplicaNotes notes = new ReplicaNotes();
    notes.add(List.of("before"), Clock.systemUTC().instant());
    store.before = Optional.of(notes.text());

    assertThat(result(writer.note("a"))).isTrue();

    assertThat(store.last().after(0)).containsExactly("before", "a");
    assertThat(store.last().after(notes.last())).containsExactly("a");
  }

  /** Otherwise they would be lost with the first write. */
  @Test
  void nothingIsWrittenUntilTheNotesOfAProcessBeforeAreRead() throws Exception {
    store.isAway = true;
    writer.close();
    writer = writer(Duration.ofMillis(300));
    assertThat(result(writer.note("a"))).isFalse();
    assertThat(store.written).isEmpty();
  }

  @Test
  void whoWaitsWhenTheOperatorStopsIsToldSo() throws Exception {
    store.allowed.drainPermits();
    var _ = writer.note("under way");
    await().until(store.allowed::hasQueuedThreads);
    CompletableFuture<Boolean> noted = writer.note("a");
    writer.close();

    assertThat(result(noted)).isFalse();
    assertThat(result(writer.note("late"))).isFalse();
  }
}
