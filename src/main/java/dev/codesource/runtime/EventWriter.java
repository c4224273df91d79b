package dev.codesource.runtime;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes Events. In the ordinary course each is written at once, before the status that it tells
 * of, so that neither is without the other when the operator ends in between. When thousands of
 * bindings change together, as at the first start, most Events come after: the API server's time is
 * for the statuses first.
 */
@Singleton
public final class EventWriter {

  private static final Logger LOG = Logger.getLogger("dev.codesource.binding");

  private static final int AT_ONCE = 100;
  private static final Duration ONE_EACH = Duration.ofMillis(20);
  private static final int WAITING = 20_000;

  /** For an Event, so that even while statuses are written all the time there are some. */
  private static final Duration GIVES_WAY = Duration.ofSeconds(1);

  private static final Duration LOOKS_AGAIN = Duration.ofMillis(20);

  private final Consumer<PendingEvent> writing;
  private final TokenBucket bucket;
  private final BooleanSupplier isBusy;
  private final BlockingQueue<PendingEvent> waiting = new LinkedBlockingQueue<>(WAITING);
  private @Nullable Thread late;

  @Inject
  EventWriter(KubernetesClient client, ApiWriteBulkhead apiWrites, Instance instance) {
    this(
        event -> write(client, event, instance.name()),
        new TokenBucket(AT_ONCE, ONE_EACH),
        apiWrites::isBusy);
  }

  /**
   * A board.
   *
   * @param isBusy whether what waits had better wait on
   */
  EventWriter(Consumer<PendingEvent> writing, TokenBucket bucket, BooleanSupplier isBusy) {
    this.writing = writing;
    this.bucket = bucket;
    this.isBusy = isBusy;
  }

  public void write(PendingEvent event) {
    if (waiting.isEmpty() && bucket.tryTake()) {
      writing.accept(event);
    } else if (waiting.offer(event)) {
      startWritingLate();
    } else {
      LOG.warnf("%s/%s: too many Events wait", event.regarding().getNamespace(), event.name());
    }
  }

  private synchronized void startWritingLate() {
    if (late == null) {
      late = Thread.ofVirtual().name("events").start(this::writeLate);
    }
  }

  private void writeLate() {
    try {
      while (true) {
        PendingEvent next = waiting.take();
        bucket.take();
        giveWay();
        writing.accept(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the operator ends
    }
  }

  private void giveWay() throws InterruptedException {
    long end = System.nanoTime() + GIVES_WAY.toNanos();
    while (isBusy.getAsBoolean() && System.nanoTime() - end < 0) {
      Thread.sleep(LOOKS_AGAIN);
    }
  }

  @PreDestroy
  synchronized void close() {
    if (late != null) {
      late.interrupt();
    }
    if (!waiting.isEmpty()) {
      LOG.warnf("%d Events are not written any more", waiting.size());
    }
  }

  private static void write(KubernetesClient client, PendingEvent event, String instance) {
    String namespace = event.regarding().getNamespace();
    try {
      client.events().v1().events().inNamespace(namespace).resource(event.event(instance)).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT && !ApiErrors.isGone(e)) {
        // An Event is a courtesy: the status says the same.
        LOG.warnf(
            "%s/%s: the Event could not be written: %s", namespace, event.name(), e.getMessage());
      }
    }
  }
}
