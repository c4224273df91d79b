package dev.codesource.runtime;

import dev.codesource.http.limit.FairBulkhead;
import dev.codesource.http.limit.RequestInterruptedException;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Runs the finalizers of deleted resources, each within a time limit, and removes them. Most
 * resources have no finalizer and are deleted at once. The Operator SDK's {@code Cleaner} does not
 * allow that: it puts a finalizer on every resource, and without one it does not reconcile a
 * resource that is being deleted. So each deletion has a thread of its own here.
 */
public final class FinalizerRunner<P extends HasMetadata> {

  private static final Logger LOG = Logger.getLogger("dev.codesource.runtime");

  /** How long a code host that does not answer can keep a resource, and so its namespace. */
  private static final Duration TIME_LIMIT = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofSeconds(3);

  /**
   * How many attempts are made at once. Each may hold an answer of a host in memory, and a tenant
   * can delete thousands of resources at once, of hosts that never answer.
   */
  private static final int AT_ONCE = 64;

  /**
   * The time for a first attempt that begins late, such as of a deletion while the operator was
   * down.
   */
  private static final Duration LEAST = Duration.ofSeconds(10);

  /** For an attempt that is ended, to stop: two at once for one resource would be in conflict. */
  private static final Duration TO_STOP = Duration.ofSeconds(1);

  private final FinalizerRemover<P> remover;
  private final Class<P> type;
  private final List<Finalizer<P>> finalizers;
  private final EventRecorder events;
  private final StartBarrier barrier;
  private final Clock clock;
  private final Pause pause;
  private final Duration least;
  private final FairBulkhead attempts;
  private final Set<String> running = ConcurrentHashMap.newKeySet();

  /** What passes between one try and the next. */
  @FunctionalInterface
  interface Pause {
    void take(Duration duration) throws InterruptedException;
  }

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
    this(
        new KubernetesFinalizerRemover<>(client),
        type,
        finalizers,
        events,
        barrier,
        clock,
        Thread::sleep,
        LEAST,
        AT_ONCE);
  }

  FinalizerRunner(
      FinalizerRemover<P> remover,
      Class<P> type,
      List<Finalizer<P>> finalizers,
      EventRecorder events,
      StartBarrier barrier,
      Clock clock,
      Pause pause,
      Duration least,
      int atOnce) {
    this.remover = remover;
    this.type = type;
    this.finalizers = List.copyOf(finalizers);
    this.events = events;
    this.barrier = barrier;
    this.clock = clock;
    this.pause = pause;
    this.least = least;
    this.attempts = new FairBulkhead(atOnce);
  }

  /** Reports deleted resources, also those that were deleted before the operator started. */
  public EventSource<?, P> eventSource() {
    return new PrimaryEventSource<>(type, "deletions", this::changed, _ -> {});
  }

  /** Runs the finalizers of the resource if it is deleted, unless they run already. */
  public void changed(P resource) {
    if (resource.isMarkedForDeletion()
        && finalizers.stream().anyMatch(each -> isWaitingFor(each, resource))
        && running.add(resource.getMetadata().getUid())) {
      Thread.ofVirtual().name("deletion").start(() -> finish(resource));
    }
  }

  /** Whether a deletion is under way. */
  boolean isRunning() {
    return !running.isEmpty();
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
            pause.take(PAUSE);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the next leader continues
    } finally {
      running.remove(resource.getMetadata().getUid());
    }
  }

  /**
   * Tries until it is done, cannot be done, or the time limit is reached; then reports why it is
   * not done.
   */
  private void run(Finalizer<P> finalizer, P resource, Instant end) throws InterruptedException {
    // The first refusal is not final: an informer that is still starting may lack an object.
    boolean isFirst = true;
    Duration atLeast = least;
    while (true) {
      switch (attempt(finalizer, resource, end, atLeast)) {
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
          if (!clock.instant().plus(PAUSE).isBefore(end)) { // no time for another one
            tell(finalizer, resource, problem.what());
            return;
          }
          atLeast = Duration.ZERO;
        }
      }
      isFirst = false;
      pause.take(PAUSE);
    }
  }

  /**
   * Makes one attempt as soon as there is a place. A deletion that finds none in its time ends
   * without: the resource, and so its namespace, is not kept for longer than that.
   */
  private Outcome<Boolean> attempt(
      Finalizer<P> finalizer, P resource, Instant end, Duration atLeast)
      throws InterruptedException {
    Duration left = Duration.between(clock.instant(), end);
    Optional<FairBulkhead.Permit> place =
        attempts.acquire(
            resource.getMetadata().getNamespace(), left.compareTo(atLeast) > 0 ? left : atLeast);
    if (place.isEmpty()) {
      return Outcome.waiting(
          Reason.Queued, "Too many other resources were deleted at the same time.");
    }
    try (FairBulkhead.Permit _ = place.get()) {
      return limited(finalizer, resource, end, atLeast);
    }
  }

  /**
   * Ends the attempt when its time is over: it may be many requests, each of which a host answers
   * as slowly as it may.
   */
  private Outcome<Boolean> limited(
      Finalizer<P> finalizer, P resource, Instant end, Duration atLeast)
      throws InterruptedException {
    Duration left = Duration.between(clock.instant(), end);
    FutureTask<Outcome<Boolean>> attempt = new FutureTask<>(() -> attempted(finalizer, resource));
    Thread thread = Thread.ofVirtual().name("finalizer").start(attempt);
    try {
      return attempt.get(Math.max(left.toMillis(), atLeast.toMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      thread.join(TO_STOP);
      return Outcome.waiting(
          Reason.ConnectionTimedOut, "The code host did not answer all requests in time.");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RequestInterruptedException interrupted) {
        throw interrupted;
      }
      LOG.errorf(e, "%s: the finalizer %s failed", name(resource), finalizer.name());
      return Outcome.waiting(Reason.ServerError, "The operator failed.");
    } finally {
      thread.interrupt();
    }
  }

  private Outcome<Boolean> attempted(Finalizer<P> finalizer, P resource) {
    try {
      return finalizer.attempt(resource);
    } catch (KubernetesClientException e) {
      return Outcome.waiting(
          Reason.ServerError, "The API server answers %d.".formatted(e.getCode()));
    } catch (RequestInterruptedException e) {
      throw e; // whoever leads next goes on
    } catch (RuntimeException e) {
      // A fault of the operator, too, must not keep the resource, and so its namespace, for ever.
      LOG.errorf(e, "%s: the finalizer %s failed", name(resource), finalizer.name());
      return Outcome.waiting(
          Reason.ServerError, "The operator failed (%s).".formatted(e.getClass().getSimpleName()));
    }
  }

  private void tell(Finalizer<P> finalizer, P resource, String why) {
    try {
      events.record(resource, finalizer.undone(resource, why));
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s: what is left undone could not be told: %s", name(resource), why);
    }
  }

  /** Removes the finalizer; false: the API server refused. */
  private boolean isReleased(Finalizer<P> finalizer, P resource) {
    try {
      remover.remove(resource, finalizer.name());
      return true;
    } catch (KubernetesClientException e) {
      // A conflict says that the resource was changed at the same time: it is still there.
      if (ApiErrors.isGone(e) && !ApiErrors.isConflict(e)) {
        return true;
      }
      LOG.warnf(
          "%s: a finalizer could not be removed: the API server answers %d",
          name(resource), e.getCode());
      return false;
    }
  }

  private static String name(HasMetadata resource) {
    return resource.getMetadata().getNamespace() + "/" + resource.getMetadata().getName();
  }
}
