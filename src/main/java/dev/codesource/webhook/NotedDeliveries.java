package dev.codesource.webhook;

import dev.codesource.webhook.KnownWebhooks.Known;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Reads what all processes have noted, and tells it. It runs in each process that leads.
 *
 * <p>It remembers how far it has read the notes of each replica. If some lack that it has not read,
 * it tells all webhooks. So nothing is lost however long it could not read.
 */
public final class NotedDeliveries implements Deliveries, AutoCloseable {

  private static final Logger LOG = Logger.getLogger("dev.codesource.webhook");

  /** Of processes, those that are gone included. */
  private static final int MOST_PAGES = 1_000;

  /** Of Secrets that this process does not know yet: its informer may be later than another's. */
  private static final int MOST_UNKNOWN = 1_000;

  /** When a process has noted nothing for so long, its notes say nothing any more. */
  private static final Duration GONE = Duration.ofHours(1);

  private final KnownWebhooks webhooks;
  private final Clock clock;
  private final Counter told;
  private final List<Consumer<Delivered>> listeners = new CopyOnWriteArrayList<>();

  /** How far the notes of each replica are read, by their key. */
  private final SequencedMap<String, Long> progress = new LinkedHashMap<>();

  private final SequencedSet<String> unknown = new LinkedHashSet<>();
  private boolean isFirst = true;
  private Optional<SharedIndexInformer<ConfigMap>> informer = Optional.empty();

  /** Nothing is read before it is started. */
  public NotedDeliveries(KnownWebhooks webhooks, MeterRegistry registry, Clock clock) {
    this.webhooks = webhooks;
    this.told =
        Counter.builder("codesource.webhook.hints")
            .description("How often the leader was told to look at the repository of a webhook")
            .register(registry);
    this.clock = clock;
    webhooks.onAdded(this::appeared);
  }

  @Override
  public void onDelivery(Consumer<Delivered> listener) {
    listeners.add(listener);
  }

  /** Begins to read, in other threads; to be called once. */
  public synchronized void start(DeliveryConfigMap source) {
    SharedIndexInformer<ConfigMap> started =
        source
            .client()
            .configMaps()
            .inNamespace(source.namespace())
            .withField("metadata.name", source.name())
            .runnableInformer(0)
            .exceptionHandler(
                (_, failure) -> {
                  LOG.warnf("noted deliveries cannot be watched: %s", failure.getMessage());
                  return true; // it tries again
                })
            .addEventHandler(new Listener(source));
    informer = Optional.of(started);
    var _ = started.start();
  }

  @Override
  public synchronized void close() {
    informer.ifPresent(SharedIndexInformer::stop);
  }

  private final class Listener implements ResourceEventHandler<ConfigMap> {
    private final DeliveryConfigMap source;

    Listener(DeliveryConfigMap source) {
      this.source = source;
    }

    @Override
    public void onAdd(ConfigMap found) {
      read(found);
    }

    @Override
    public void onUpdate(ConfigMap before, ConfigMap found) {
      read(found);
    }

    /** It is made again by the next note. */
    @Override
    public void onDelete(ConfigMap before, boolean isLate) {
      LOG.warnf("the ConfigMap %s is deleted", source.name());
    }

    private void read(ConfigMap found) {
      List<String> gone = look(Optional.ofNullable(found.getData()).orElse(Map.of()));
      if (!gone.isEmpty()) {
        String version = found.getMetadata().getResourceVersion();
        var _ = Thread.ofVirtual().name("gone").start(() -> remove(gone.getFirst(), version));
      }
    }

    /** One after the other: each removal is a new version. */
    private void remove(String key, String version) {
      try {
        source.remove(key, version);
      } catch (KubernetesClientException e) {
        LOG.warnf("the notes of a process that is gone could not be removed: %s", e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the operator stops
      }
    }
  }

  /**
   * Reads all notes.
   *
   * @param texts by the names of the processes
   * @return the keys of the notes that say nothing any more
   */
  synchronized List<String> look(Map<String, String> texts) {
    Instant now = clock.instant();
    Map<String, ReplicaNotes> current = new HashMap<>();
    texts.entrySet().stream()
        .limit(MOST_PAGES)
        .forEach(notes -> current.put(notes.getKey(), ReplicaNotes.of(notes.getValue())));
    boolean isComplete = true;
    for (Map.Entry<String, ReplicaNotes> notes : current.entrySet()) {
      long before = progress.getOrDefault(notes.getKey(), 0L);
      // Whoever begins to lead compares all repositories anyway.
      isComplete &= isFirst || notes.getValue().isCompleteAfter(before);
      notes.getValue().after(before).forEach(this::tell);
      progress.putLast(notes.getKey(), Math.max(before, notes.getValue().last()));
    }
    while (progress.size() > MOST_PAGES) {
      progress.pollFirstEntry();
    }
    isFirst = false;
    if (!isComplete) {
      LOG.info("notes of deliveries were missed: all repositories with webhooks are compared");
      webhooks.all().forEach(this::tell);
    }
    long oldest = now.minus(GONE).toEpochMilli();
    return current.entrySet().stream()
        .filter(notes -> notes.getValue().last() < oldest)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private void tell(String uid) {
    webhooks
        .byUid(uid)
        .ifPresentOrElse(
            this::tell,
            () -> {
              unknown.addLast(uid);
              if (unknown.size() > MOST_UNKNOWN) {
                unknown.removeFirst();
              }
            });
  }

  private void tell(Known known) {
    told.increment();
    Delivered delivered = new Delivered(known.namespace(), known.webhook());
    listeners.forEach(listener -> listener.accept(delivered));
  }

  /** Another process has known it before this one. */
  private synchronized void appeared(Known known) {
    if (unknown.remove(known.uid())) {
      tell(known);
    }
  }
}
