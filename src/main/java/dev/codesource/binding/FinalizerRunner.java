package dev.codesource.binding;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.shard.StartBarrier;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Lets bindings go once what they wait for is done, or cannot be done in time. Most have no
 * finalizer and go at once, which is why this is none of the Operator SDK's cleaners: those want
 * one on every binding, and without one the SDK reconciles nothing that is being deleted. So each
 * deletion has a thread of its own.
 */
@Singleton
final class FinalizerRunner {

  private static final Logger LOG = Logger.getLogger("dev.codesource.binding");

  /** How long a code host that does not answer can keep a binding, and so its namespace. */
  private static final Duration TIME_LIMIT = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final List<Finalizer> finalizers;
  private final TransitionEvents transitionEvents;
  private final StartBarrier barrier;
  private final Clock clock;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  FinalizerRunner(
      KubernetesClient client,
      ConsumerCredentials readOnly,
      GrantRevocation grants,
      TransitionEvents transitionEvents,
      StartBarrier barrier,
      Clock clock) {
    this.client = client;
    // In this order: what was granted is what deploy tokens are deleted with.
    this.finalizers = List.of(readOnly, grants);
    this.transitionEvents = transitionEvents;
    this.barrier = barrier;
    this.clock = clock;
  }

  /** Hears of bindings that are deleted, also of those that were before the operator started. */
  EventSource<?, CodeSourceBinding> eventSource() {
    return new BindingEventSource("deletions", this::seen, ignored -> {});
  }

  private void seen(CodeSourceBinding binding) {
    if (binding.isMarkedForDeletion()
        && finalizers.stream().anyMatch(each -> isWaitingFor(each, binding))
        && underWay.add(binding.getMetadata().getUid())) {
      Thread.ofVirtual().name("deletion").start(() -> finish(binding));
    }
  }

  private static boolean isWaitingFor(Finalizer finalizer, CodeSourceBinding binding) {
    return binding.hasFinalizer(finalizer.finalizer());
  }

  private void finish(CodeSourceBinding binding) {
    try {
      barrier.await();
      Instant end = Instant.parse(binding.getMetadata().getDeletionTimestamp()).plus(TIME_LIMIT);
      for (Finalizer finalizer : finalizers) {
        if (isWaitingFor(finalizer, binding)) {
          bid(finalizer, binding, end);
          while (!isReleased(finalizer, binding)) {
            Thread.sleep(PAUSE);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever leads next goes on
    } finally {
      underWay.remove(binding.getMetadata().getUid());
    }
  }

  /** Tries until it is done, cannot be done, or it is time; then says why it is not done. */
  private void bid(Finalizer finalizer, CodeSourceBinding binding, Instant end)
      throws InterruptedException {
    // That something is missing is not believed at first: the informers may be starting too.
    boolean isFirst = true;
    while (true) {
      boolean isTime = clock.instant().isBefore(end);
      switch (attempt(finalizer, binding)) {
        case Outcome.Done<Boolean>(var done) -> {
          if (!done) {
            tell(finalizer, binding, "The code host has no way for an application to do so.");
          }
          return;
        }
        case Outcome.Refused<Boolean>(var problem) -> {
          if (!isFirst) {
            tell(finalizer, binding, problem.what());
            return;
          }
        }
        case Outcome.Waiting<Boolean>(var problem, var _, var _) -> {
          if (!isTime) {
            tell(finalizer, binding, problem.what());
            return;
          }
        }
      }
      isFirst = false;
      Thread.sleep(PAUSE);
    }
  }

  private static Outcome<Boolean> attempt(Finalizer finalizer, CodeSourceBinding binding) {
    try {
      return finalizer.attempt(binding);
    } catch (KubernetesClientException e) {
      return Outcome.waiting(
          Reason.ServerError, "The API server answers %d.".formatted(e.getCode()));
    }
  }

  private void tell(Finalizer finalizer, CodeSourceBinding binding, String why) {
    transitionEvents.announce(binding, finalizer.undone(binding, why));
  }

  /** Takes the finalizer off; false: the API server cannot now. */
  private boolean isReleased(Finalizer finalizer, CodeSourceBinding binding) {
    try {
      Optional.ofNullable(client.resource(binding).get())
          .filter(present -> isWaitingFor(finalizer, present))
          .ifPresent(
              present ->
                  client
                      .resource(present)
                      .edit(
                          next -> {
                            next.removeFinalizer(finalizer.finalizer());
                            return next;
                          }));
      return true;
    } catch (KubernetesClientException e) {
      if (ApiErrors.isGone(e)) {
        return true;
      }
      LOG.warnf(
          "%s/%s: a finalizer could not be removed: the API server answers %d",
          binding.getMetadata().getNamespace(), binding.getMetadata().getName(), e.getCode());
      return false;
    }
  }
}
