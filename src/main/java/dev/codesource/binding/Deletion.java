package dev.codesource.binding;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.shard.Turn;
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
final class Deletion {

  private static final Logger LOG = Logger.getLogger("dev.codesource.binding");

  /** How long a code host that does not answer can keep a binding, and so its namespace. */
  private static final Duration TIME_LIMIT = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final List<Farewell> farewells;
  private final Announcements announcements;
  private final Turn turn;
  private final Clock clock;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  Deletion(
      KubernetesClient client,
      ReadOnlyAccess readOnly,
      GrantRevocation grants,
      Announcements announcements,
      Turn turn,
      Clock clock) {
    this.client = client;
    // In this order: what was granted is what deploy tokens are deleted with.
    this.farewells = List.of(readOnly, grants);
    this.announcements = announcements;
    this.turn = turn;
    this.clock = clock;
  }

  /** Hears of bindings that are deleted, also of those that were before the operator started. */
  EventSource<?, CodeSourceBinding> eventSource() {
    return new BindingWatch("deletions", this::seen, ignored -> {});
  }

  private void seen(CodeSourceBinding binding) {
    if (binding.isMarkedForDeletion()
        && farewells.stream().anyMatch(each -> isWaitingFor(each, binding))
        && underWay.add(binding.getMetadata().getUid())) {
      Thread.ofVirtual().name("deletion").start(() -> finish(binding));
    }
  }

  private static boolean isWaitingFor(Farewell farewell, CodeSourceBinding binding) {
    return binding.hasFinalizer(farewell.finalizer());
  }

  private void finish(CodeSourceBinding binding) {
    try {
      turn.await();
      Instant end = Instant.parse(binding.getMetadata().getDeletionTimestamp()).plus(TIME_LIMIT);
      for (Farewell farewell : farewells) {
        if (isWaitingFor(farewell, binding)) {
          bid(farewell, binding, end);
          while (!isReleased(farewell, binding)) {
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
  private void bid(Farewell farewell, CodeSourceBinding binding, Instant end)
      throws InterruptedException {
    // That something is missing is not believed at first: the informers may be starting too.
    boolean isFirst = true;
    while (true) {
      boolean isTime = clock.instant().isBefore(end);
      switch (attempt(farewell, binding)) {
        case Outcome.Done<Boolean>(var done) -> {
          if (!done) {
            tell(farewell, binding, "The code host has no way for an application to do so.");
          }
          return;
        }
        case Outcome.Refused<Boolean>(var problem) -> {
          if (!isFirst) {
            tell(farewell, binding, problem.what());
            return;
          }
        }
        case Outcome.Waiting<Boolean>(var problem, var _, var _) -> {
          if (!isTime) {
            tell(farewell, binding, problem.what());
            return;
          }
        }
      }
      isFirst = false;
      Thread.sleep(PAUSE);
    }
  }

  private static Outcome<Boolean> attempt(Farewell farewell, CodeSourceBinding binding) {
    try {
      return farewell.attempt(binding);
    } catch (KubernetesClientException e) {
      return Outcome.waiting(
          Reason.ServerError, "The API server answers %d.".formatted(e.getCode()));
    }
  }

  private void tell(Farewell farewell, CodeSourceBinding binding, String why) {
    announcements.announce(binding, farewell.undone(binding, why));
  }

  /** Takes the finalizer off; false: the API server cannot now. */
  private boolean isReleased(Farewell farewell, CodeSourceBinding binding) {
    try {
      Optional.ofNullable(client.resource(binding).get())
          .filter(present -> isWaitingFor(farewell, present))
          .ifPresent(
              present ->
                  client
                      .resource(present)
                      .edit(
                          next -> {
                            next.removeFinalizer(farewell.finalizer());
                            return next;
                          }));
      return true;
    } catch (KubernetesClientException e) {
      if (Departed.isSaidBy(e)) {
        return true;
      }
      LOG.warnf(
          "%s/%s: a finalizer could not be removed: the API server answers %d",
          binding.getMetadata().getNamespace(), binding.getMetadata().getName(), e.getCode());
      return false;
    }
  }
}
