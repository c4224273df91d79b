package dev.codesource.runtime;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Runs the finalizers of deleted resources, each within a time limit, and removes them. Most
 * resources have no finalizer and are deleted at once. The Operator SDK's {@code Cleaner} does not
 * allow that: it puts a finalizer on every resource, and without one it does not reconcile a
 * resource that is being deleted. So each deletion has a thread of its own here.
 */
public final class FinalizerRunner<P extends HasMetadata> {

  private static final Logger LOG = Logger.getLogger("dev.codesource.resource");

  /** How long a code host that does not answer can keep a resource, and so its namespace. */
  private static final Duration TIME_LIMIT = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final Class<P> type;
  private final List<Finalizer<P>> finalizers;
  private final EventRecorder events;
  private final StartBarrier barrier;
  private final Clock clock;
  private final Set<String> running = ConcurrentHashMap.newKeySet();

  /**
   * @param finalizers in the order in which they run
   */
  public FinalizerRunner(
      KubernetesClient client,
      Class<P> type,
      List<Finalizer<P>> finalizers,
      EventRecorder events,
      StartBarrier barrier,
      Clock clock) {
    this.client = client;
    this.type = type;
    this.finalizers = List.copyOf(finalizers);
    this.events = events;
    this.barrier = barrier;
    this.clock = clock;
  }

  /** Reports deleted resources, also those that were deleted before the operator started. */
  public EventSource<?, P> eventSource() {
    return new PrimaryEventSource<>(type, "deletions", this::changed, _ -> {});
  }

  private void changed(P resource) {
    if (resource.isMarkedForDeletion()
        && finalizers.stream().anyMatch(each -> isWaitingFor(each, resource))
        && running.add(resource.getMetadata().getUid())) {
      Thread.ofVirtual().name("deletion").start(() -> finish(resource));
    }
  }

  private boolean isWaitingFor(Finalizer<P> finalizer, P resource) {
    return resource.hasFinalizer(finalizer.name());
  }

  private void finish(P resource) {
    try {
      barrier.await();
      Instant end = Instant.parse(resource.getMetadata().getDeletionTimestamp()).plus(TIME_LIMIT);
      for (Finalizer<P> finalizer : finalizers) {
        if (isWaitingFor(finalizer, resource)) {
          run(finalizer, resource, end);
          while (!isReleased(finalizer, resource)) {
            Thread.sleep(PAUSE);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever leads next goes on
    } finally {
      running.remove(resource.getMetadata().getUid());
    }
  }

  /** Tries until it is done, cannot be done, or the time is over; then tells why it is not done. */
  private void run(Finalizer<P> finalizer, P resource, Instant end) throws InterruptedException {
    // The first refusal is not final: an informer that is still starting may lack an object.
    boolean isFirst = true;
    while (true) {
      boolean hasTime = clock.instant().isBefore(end);
      switch (attempt(finalizer, resource)) {
        case Outcome.Done<Boolean>(var done) -> {
          if (!done) {
            tell(finalizer, resource, "The code host has no way for an application to do so.");
          }
          return;
        }
        case Outcome.Refused<Boolean>(var problem) -> {
          if (!isFirst) {
            tell(finalizer, resource, problem.what());
            return;
          }
        }
        case Outcome.Waiting<Boolean>(var problem, var _, var _) -> {
          if (!hasTime) {
            tell(finalizer, resource, problem.what());
            return;
          }
        }
      }
      isFirst = false;
      Thread.sleep(PAUSE);
    }
  }

  private Outcome<Boolean> attempt(Finalizer<P> finalizer, P resource) {
    try {
      return finalizer.attempt(resource);
    } catch (KubernetesClientException e) {
      return Outcome.waiting(
          Reason.ServerError, "The API server answers %d.".formatted(e.getCode()));
    }
  }

  private void tell(Finalizer<P> finalizer, P resource, String why) {
    events.record(resource, finalizer.undone(resource, why));
  }

  /** Takes the finalizer off; false: the API server cannot now. */
  private boolean isReleased(Finalizer<P> finalizer, P resource) {
    try {
      Optional.ofNullable(client.resource(resource).get())
          .filter(present -> isWaitingFor(finalizer, present))
          .ifPresent(
              present ->
                  client
                      .resource(present)
                      .edit(
                          next -> {
                            next.removeFinalizer(finalizer.name());
                            return next;
                          }));
      return true;
    } catch (KubernetesClientException e) {
      if (ApiErrors.isGone(e)) {
        return true;
      }
      LOG.warnf(
          "%s/%s: a finalizer could not be removed: the API server answers %d",
          resource.getMetadata().getNamespace(), resource.getMetadata().getName(), e.getCode());
      return false;
    }
  }
}
