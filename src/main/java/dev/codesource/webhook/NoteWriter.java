package dev.codesource.webhook;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.codesource.runtime.Instance;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
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

  /** From a write that failed to the next try. */
  private static final Duration RETRY = Duration.ofMillis(250);

  /** Gitea waits for an answer for 5 s, the others longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final Notebook notebook;
  private final Clock clock;
  private final Duration patience;
  private final Counter written;
  private final Counter failed;
  private final Thread writer;

  /** By UID, in the order in which they came. */
  private final SequencedMap<String, CompletableFuture<Boolean>> waiting = new LinkedHashMap<>();

  private boolean closed;
  private @Nullable NotePage page;

  /** Writes into the page of this process. */
  public static NoteWriter to(
      DeliveryConfigMap configMap, Instance instance, MeterRegistry registry, Clock clock) {
    return new NoteWriter(configMap.of(instance), registry, clock, PATIENCE);
  }

  NoteWriter(Notebook notebook, MeterRegistry registry, Clock clock, Duration patience) {
    this.notebook = notebook;
    this.clock = clock;
    this.patience = patience;
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
                          .completeOnTimeout(false, patience.toMillis(), MILLISECONDS)
                      : before);
      waiting.notifyAll();
      return noted;
    }
  }

  private void run() {
    try {
      while (true) {
        Map<String, CompletableFuture<Boolean>> batch = take();
        boolean noted = write(batch);
        batch.values().forEach(each -> each.complete(noted));
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
      while (batch.size() < NotePage.MOST && !waiting.isEmpty()) {
        var next = waiting.pollFirstEntry();
        batch.put(next.getKey(), next.getValue());
      }
      return batch;
    }
  }

  /**
   * Writes until it is written, or nobody waits any more. What was not written is written with the
   * next ones.
   */
  private boolean write(Map<String, CompletableFuture<Boolean>> batch) throws InterruptedException {
    boolean isAdded = false;
    while (true) {
      try {
        NotePage current = page();
        if (!isAdded) {
          current.add(batch.keySet(), clock.instant());
          isAdded = true;
        }
        notebook.write(current.text());
        written.increment();
        return true;
      } catch (RuntimeException e) { // whatever it is: the next deliveries need this thread
        failed.increment();
        LOG.warnf("deliveries could not be noted: %s", e.getMessage());
      }
      if (batch.values().stream().allMatch(CompletableFuture::isDone)) {
        return false;
      }
      Thread.sleep(RETRY);
    }
  }

  /** That of a process of the same name before, so that none of its notes is lost. */
  private NotePage page() throws InterruptedException {
    NotePage known = page;
    if (known == null) {
      known = NotePage.of(notebook.read().orElse(""));
      page = known;
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
