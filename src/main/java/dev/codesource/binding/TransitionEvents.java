package dev.codesource.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Tells of transitions: a Kubernetes Event and a line in the log for each. */
@Singleton
final class TransitionEvents {

  private static final Logger LOG = Logger.getLogger("dev.codesource.binding");

  /** What of a name leaves room for a dot and a UUID in the 253 characters of an Event's name. */
  private static final int MAX_PREFIX = 216;

  private final EventWriter writer;
  private final Clock clock;

  TransitionEvents(EventWriter writer, Clock clock) {
    this.writer = writer;
    this.clock = clock;
  }

  /** Announces what the next status says that the present one does not. */
  void announce(CodeSourceBinding binding, BindingStatus next) {
    Optional<BindingStatus> previous = Optional.ofNullable(binding.getStatus());
    boolean isTransition =
        previous.map(BindingStatus::phase).orElse(null) != next.phase()
            || !reason(previous, ConditionType.Ready).equals(reason(next, ConditionType.Ready));
    if (isTransition) {
      announceTransition(binding, next);
    } else {
      changed(previous, next, ConditionType.Reachable).ifPresent(now -> emit(binding, now));
    }
    // A notice of expiry may come with the transition to Bound, and says something else.
    changed(previous, next, ConditionType.CredentialFresh)
        .filter(now -> !isTransition || Reason.TokenExpiring.name().equals(now.getReason()))
        .ifPresent(now -> emit(binding, now));
    announcePublishing(binding, previous, next);
  }

  /** Announces what no status will say any more. */
  void announce(CodeSourceBinding binding, Problem problem) {
    emit(binding, problem.reason(), problem.message());
  }

  private void announceTransition(CodeSourceBinding binding, BindingStatus next) {
    if (next.phase() == BindingStatus.Phase.Suspended) {
      // Ready still says what was found before.
      emit(binding, Reason.Suspended, Reason.Suspended.meaning() + " " + Reason.Suspended.remedy());
    } else {
      condition(next, ConditionType.Ready).ifPresent(ready -> emit(binding, ready));
    }
  }

  /** What became of the Secrets, unless {@code Ready} says it already. */
  private void announcePublishing(
      CodeSourceBinding binding, Optional<BindingStatus> previous, BindingStatus next) {
    condition(next, ConditionType.Published)
        .filter(
            now -> !reason(previous, ConditionType.Published).equals(Optional.of(now.getReason())))
        .ifPresent(
            now -> {
              Reason reason = Reason.valueOf(now.getReason());
              switch (reason) {
                case Published, Stale, Withdrawn -> emit(binding, reason, now.getMessage());
                default -> {}
              }
            });
  }

  /** A condition whose message is not the one that was announced, or was seen, before. */
  private static Optional<Condition> changed(
      Optional<BindingStatus> previous, BindingStatus next, ConditionType type) {
    Optional<String> before =
        previous.flatMap(status -> condition(status, type)).map(Condition::getMessage);
    return condition(next, type).filter(now -> !Optional.of(now.getMessage()).equals(before));
  }

  private void emit(CodeSourceBinding binding, Condition condition) {
    emit(binding, Reason.valueOf(condition.getReason()), condition.getMessage());
  }

  private void emit(CodeSourceBinding binding, Reason reason, String note) {
    boolean warning =
        switch (reason.kind()) {
          case GOOD -> false;
          case NOTE ->
              reason == Reason.TokenExpiring
                  || reason == Reason.Stale
                  || reason == Reason.Withdrawn
                  || reason == Reason.NotRevoked;
          case TIME -> reason != Reason.AwaitingAuthorization;
          case PERSON -> true;
        };
    String namespace = binding.getMetadata().getNamespace();
    LOG.logf(
        warning ? Logger.Level.WARN : Logger.Level.INFO,
        "%s/%s: %s: %s",
        namespace,
        binding.getMetadata().getName(),
        reason,
        note);
    writer.post(
        new PendingEvent(
            new ObjectReferenceBuilder()
                .withApiVersion(binding.getApiVersion())
                .withKind(binding.getKind())
                .withNamespace(namespace)
                .withName(binding.getMetadata().getName())
                .withUid(binding.getMetadata().getUid())
                .build(),
            eventName(binding.getMetadata(), reason),
            reason,
            warning,
            note,
            clock.instant()));
  }

  /**
   * The same for the same transition, so that the API server refuses a second Event where the
   * operator ended, or its status write failed, after the first.
   */
  private static String eventName(ObjectMeta binding, Reason reason) {
    String transition =
        String.join("/", binding.getUid(), binding.getResourceVersion(), reason.name());
    UUID suffix = UUID.nameUUIDFromBytes(transition.getBytes(StandardCharsets.UTF_8));
    String name = binding.getName();
    return name.substring(0, Math.min(name.length(), MAX_PREFIX)).replaceFirst("[-.]+$", "")
        + "."
        + suffix;
  }

  private static Optional<Condition> condition(BindingStatus status, ConditionType type) {
    return Optional.ofNullable(status.conditions()).orElse(List.of()).stream()
        .filter(condition -> type.name().equals(condition.getType()))
        .findFirst();
  }

  private static Optional<String> reason(BindingStatus status, ConditionType type) {
    return condition(status, type).map(Condition::getReason);
  }

  private static Optional<String> reason(Optional<BindingStatus> status, ConditionType type) {
    return status.flatMap(known -> reason(known, type));
  }
}
