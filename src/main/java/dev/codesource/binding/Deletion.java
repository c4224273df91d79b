package dev.codesource.binding;

import dev.codesource.api.BindingSpec.DeletionPolicy;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.oauth.Authorizations;
import dev.codesource.oauth.Parties;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * What the deletion of a binding waits for: that the access it was granted is revoked, where its
 * user wants that. Other bindings have no finalizer and go at once, which is why this is none of
 * the Operator SDK's cleaners: those want one on every binding. Nor does the SDK reconcile what is
 * being deleted without one, so each deletion has a thread of its own.
 */
@Singleton
final class Deletion {

  static final String FINALIZER = CodeSourceBinding.GROUP + "/revoke";

  private static final Logger LOG = Logger.getLogger("dev.codesource.binding");

  /** How long a code host that does not answer can keep a binding, and so its namespace. */
  private static final Duration TIME_LIMIT = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final Parties parties;
  private final Authorizations authorizations;
  private final Sources sources;
  private final Announcements announcements;
  private final Clock clock;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  Deletion(
      KubernetesClient client,
      Parties parties,
      Authorizations authorizations,
      Sources sources,
      Announcements announcements,
      Clock clock) {
    this.client = client;
    this.parties = parties;
    this.authorizations = authorizations;
    this.sources = sources;
    this.announcements = announcements;
    this.clock = clock;
  }

  EventSource<?, CodeSourceBinding> eventSource() {
    return new BindingWatch("deletions", this::seen, ignored -> {});
  }

  /** Has the API server keep a binding, once it is deleted, until it is finished; or not. */
  void prepare(CodeSourceBinding binding, Context<CodeSourceBinding> context) {
    boolean wanted =
        binding.getSpec().oauth() != null
            && binding.getSpec().deletionPolicy() == DeletionPolicy.Revoke;
    boolean present = binding.hasFinalizer(FINALIZER);
    if (wanted && !present) {
      context.resourceOperations().addFinalizer(FINALIZER);
    } else if (present && !wanted) {
      context.resourceOperations().removeFinalizer(FINALIZER);
    }
  }

  private void seen(CodeSourceBinding binding) {
    if (isWaiting(binding) && underWay.add(binding.getMetadata().getUid())) {
      Thread.ofVirtual().name("deletion").start(() -> finish(binding));
    }
  }

  private static boolean isWaiting(CodeSourceBinding binding) {
    return binding.isMarkedForDeletion() && binding.hasFinalizer(FINALIZER);
  }

  private void finish(CodeSourceBinding binding) {
    try {
      Instant end = Instant.parse(binding.getMetadata().getDeletionTimestamp()).plus(TIME_LIMIT);
      while (!isRevoked(binding, end)) {
        Thread.sleep(PAUSE);
      }
      while (!isReleased(binding)) {
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the next leader goes on
    } finally {
      underWay.remove(binding.getMetadata().getUid());
    }
  }

  /** Whether all is done that can be done in the time. */
  private boolean isRevoked(CodeSourceBinding binding, Instant end) {
    boolean isTime = clock.instant().isBefore(end);
    switch (revocation(binding)) {
      case Outcome.Done<Boolean>(var revoked) when revoked -> {}
      case Outcome.Done<Boolean> _ ->
          tell(binding, "The code host has no way for an application to do so.");
      case Outcome.Refused<Boolean>(var problem) -> tell(binding, problem.what());
      case Outcome.Waiting<Boolean> _ when isTime -> {
        return false;
      }
      case Outcome.Waiting<Boolean>(var problem, var _, var _) -> tell(binding, problem.what());
    }
    return true;
  }

  private Outcome<Boolean> revocation(CodeSourceBinding binding) {
    try {
      return parties.of(binding, sources::client).then(authorizations::revoke);
    } catch (KubernetesClientException e) {
      return Outcome.waiting(
          Reason.ServerError, "The API server answers %d.".formatted(e.getCode()));
    }
  }

  private void tell(CodeSourceBinding binding, String why) {
    announcements.announce(
        binding,
        new Problem(
            Reason.NotRevoked,
            "The binding is deleted, and the access of %s is not revoked: %s"
                .formatted(binding.getSpec().username(), why)));
  }

  /** Lets the binding go; false: the API server cannot now. */
  private boolean isReleased(CodeSourceBinding binding) {
    try {
      Optional.ofNullable(client.resource(binding).get())
          .filter(Deletion::isWaiting)
          .ifPresent(
              present ->
                  client
                      .resource(present)
                      .edit(
                          next -> {
                            next.removeFinalizer(FINALIZER);
                            return next;
                          }));
      return true;
    } catch (KubernetesClientException e) {
      if (Departed.isSaidBy(e)) {
        return true;
      }
      LOG.warnf(
          "%s/%s: the finalizer could not be removed: the API server answers %d",
          binding.getMetadata().getNamespace(), binding.getMetadata().getName(), e.getCode());
      return false;
    }
  }
}
