package dev.codesource.webhook;

import dev.codesource.runtime.Instance;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Notes deliveries in common: one write takes all webhooks that had deliveries since the last write
 * began, however many deliveries there were. So the number of writes does not grow with that of the
 * deliveries, and a delivery waits for two writes at most.
 */
public final class NoteWriter implements DeliveryNotes, AutoCloseable {

  private static final Logger LOG = Logger.getLogger("dev.codesource.webhook");

  /** From one write to the next. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);

  /** From a write that failed to the next try, while somebody waits. */
  private static final Duration RETRY = Duration.ofMillis(250);

  /** The same when nobody waits any more. It doubles with each try. */
  private static final Duration FIRST_UNATTENDED = Duration.ofMillis(500);

  /** What is not noted yet should not be much later than the API server is back. */
  private static final int LONGEST_FACTOR = 20;

  /** Gitea waits for an answer for 5 s, the others longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final NoteStore store;
  private final Clock clock;
  private final Duration patience;
  private final Duration firstUnattended;
  private final Counter written;
  private final Counter failed;
  private final Thread writer;

  /** By UID, in the order in which they came. */
  private final SequencedMap<String, CompletableFuture<Boolean>> waiting = new LinkedHashMap<>();

  private boolean closed;
  private @Nullable ReplicaNotes notes;

  /** Writes the notes of this replica. */
  public static NoteWriter to(
      DeliveryConfigMap configMap, Instance instance, MeterRegistry registry, Clock clock) {
    return new NoteWriter(configMap.of(instance), registry, clock, PATIENCE, FIRST_UNATTENDED);
  }

  /**
   * @param patience how long a delivery waits
   * @param firstUnattended from a write that failed to the next try, if no delivery waits
   */
  NoteWriter(
      NoteStore store,
      MeterRegistry registry,
      Clock clock,
      Duration patience,
      Duration firstUnattended) {
    this.store = store;
    this.clock = clock;
    this.patience = patience;
    this.firstUnattended = firstUnattended;
    this.written = writes(registry, "written");
    this.failed = writes(registry, "failed");
    this.writer = Thread.ofVirtual().name("delivery-notes").start(this::run);
  }

  private static Counter writes(MeterRegistry registry, String result) {
    return Counter.builder("codesource.webhook.notes")
        .description("Writes to the API server that note deliveries, by result")
        .tag("result", result)
        .register(registry);
  }

  @Override
  public CompletableFuture<Boolean> note(String uid) {
    synchronized (waiting) {
      if (closed) {
        return CompletableFuture.completedFuture(false);
      }
      CompletableFuture<Boolean> noted =
          waiting.compute(
              uid,
              (_, before) ->
                  before == null || before.isDone()
                      ? new CompletableFuture<Boolean>()
                          .completeOnTimeout(false, patience.toMillis(), TimeUnit.MILLISECONDS)
                      : before);
      waiting.notifyAll();
      return noted;
    }
  }

  private void run() {
    try {
      while (true) {
        Map<String, CompletableFuture<Boolean>> batch = take();
        write(batch);
        batch.values().forEach(each -> each.complete(true));
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the operator stops
    }
  }

  private Map<String, CompletableFuture<Boolean>> take() throws InterruptedException {
    synchronized (waiting) {
      while (waiting.isEmpty()) {
        waiting.wait();
      }
      Map<String, CompletableFuture<Boolean>> batch = new LinkedHashMap<>();
      while (batch.size() < ReplicaNotes.MOST && !waiting.isEmpty()) {
        var next = waiting.pollFirstEntry();
        batch.put(next.getKey(), next.getValue());
      }
      return batch;
    }
  }

  /**
   * Writes until it is written, also when nobody waits any more: the code host was told that the
   * delivery was not taken, but most do not send it again.
   */
  private void write(Map<String, CompletableFuture<Boolean>> batch) throws InterruptedException {
    boolean isAdded = false;
    Duration unattended = firstUnattended;
    Optional<Instant> toldAt = Optional.empty();
    while (true) {
      try {
        ReplicaNotes current = notes();
        if (!isAdded) {
          current.add(batch.keySet(), clock.instant());
          isAdded = true;
        }
        store.write(current.text());
        written.increment();
        return;
      } catch (RuntimeException e) { // whatever it is: the next deliveries need this thread
        failed.increment();
        Instant now = clock.instant();
        // A stranger can have deliveries come without end in an outage.
        if (toldAt.filter(time -> now.isBefore(time.plus(BETWEEN_WARNINGS))).isEmpty()) {
          LOG.warnf("deliveries could not be noted: %s", e.getMessage());
          toldAt = Optional.of(now);
        }
      }
      if (isAwaited(batch)) {
        Thread.sleep(RETRY);
      } else {
        awaitDelivery(unattended);
        unattended = later(unattended);
      }
    }
  }

  private Duration later(Duration unattended) {
    Duration longest = firstUnattended.multipliedBy(LONGEST_FACTOR);
    Duration doubled = unattended.multipliedBy(2);
    return doubled.compareTo(longest) < 0 ? doubled : longest;
  }

  /** Whether a delivery waits for this write, or for the one after it. */
  private boolean isAwaited(Map<String, CompletableFuture<Boolean>> batch) {
    synchronized (waiting) {
      return Stream.concat(batch.values().stream(), waiting.values().stream())
          .anyMatch(each -> !each.isDone());
    }
  }

  /** Returns earlier if a delivery comes. */
  private void awaitDelivery(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    synchronized (waiting) {
      long left = longest.toMillis();
      while (left > 0 && waiting.values().stream().allMatch(CompletableFuture::isDone)) {
        waiting.wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      }
    }
  }

  /** That of a process of the same name before, so that none of its notes is lost. */
  private ReplicaNotes notes() throws InterruptedException {
    ReplicaNotes known = notes;
    if (known == null) {
      known = ReplicaNotes.of(store.read().orElse(""));
      notes = known;
    }
    return known;
  }

  @Override
  public void close() {
    writer.interrupt();
    synchronized (waiting) {
      closed = true;
      waiting.values().forEach(each -> each.complete(false));
      waiting.clear();
    }
  }
}
