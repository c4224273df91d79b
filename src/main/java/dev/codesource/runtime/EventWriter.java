package dev.codesource.runtime;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes Events. Normally each Event is written at once, before the status of its binding, so that
 * it is not lost when the operator stops in between. When thousands of bindings change together, as
 * at the first start, most Events are queued and written later, because statuses are more
 * important.
 */
@Singleton
public final class EventWriter {

  private static final Logger LOG = Logger.getLogger("dev.codesource.runtime");

  private static final int BURST = 100;
  private static final Duration REFILL_INTERVAL = Duration.ofMillis(20);

  /** In characters, with an allowance for each Event; some thousands of Events. */
  private static final int QUEUE_LENGTH = 8 << 20;

  /**
   * The longest that a queued Event waits while statuses are written, so that some Events are
   * written even then.
   */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  private final Consumer<PendingEvent> writing;
  private final TokenBucket bucket;
  private final BooleanSupplier isBusy;
  private final EventQueue waiting = new EventQueue(QUEUE_LENGTH);
  private @Nullable Thread writer;

  @Inject
  EventWriter(KubernetesClient client, ApiWriteBulkhead apiWrites, Instance instance) {
    this(
        event -> write(client, event, instance.name()),
        new TokenBucket(BURST, REFILL_INTERVAL),
        apiWrites::isBusy);
  }

  /**
   * A writer for tests.
   *
   * @param isBusy whether queued Events should wait longer
   */
  EventWriter(Consumer<PendingEvent> writing, TokenBucket bucket, BooleanSupplier isBusy) {
    this.writing = writing;
    this.bucket = bucket;
    this.isBusy = isBusy;
  }

  public void write(PendingEvent event) {
    if (waiting.size() == 0 && bucket.tryTake()) {
      writing.accept(event);
    } else {
      waiting
          .add(event)
          .forEach(
              dropped ->
                  LOG.warnf(
                      "%s/%s: the Event is dropped: too many are queued",
                      dropped.regarding().getNamespace(), dropped.name()));
      startWritingQueued();
    }
  }

  private synchronized void startWritingQueued() {
    if (writer == null) {
      writer = Thread.ofVirtual().name("events").start(this::writeQueued);
    }
  }

  private void writeQueued() {
    try {
      while (true) {
        PendingEvent next = waiting.take();
        bucket.take();
        waitWhileBusy();
        writing.accept(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the operator stops
    }
  }

  private void waitWhileBusy() throws InterruptedException {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (isBusy.getAsBoolean() && System.nanoTime() - end < 0) {
      Thread.sleep(POLL_INTERVAL);
    }
  }

  @PreDestroy
  synchronized void close() {
    if (writer != null) {
      writer.interrupt();
    }
    if (waiting.size() > 0) {
      LOG.warnf("%d queued Events are dropped: the operator stops", waiting.size());
    }
  }

  private static void write(KubernetesClient client, PendingEvent event, String instance) {
    String namespace = event.regarding().getNamespace();
    try {
      client.events().v1().events().inNamespace(namespace).resource(event.event(instance)).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT && !ApiErrors.isGone(e)) {
        // An Event may be lost: the status says the same.
        LOG.warnf(
            "%s/%s: the Event could not be written: %s", namespace, event.name(), e.getMessage());
      }
    }
  }
}
