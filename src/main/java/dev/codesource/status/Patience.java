package dev.codesource.status;

import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How long a binding or a trigger is {@code Reconciling} with a problem that may end by itself, or
 * by an object that is applied together with the binding. After that it is {@code Stalled}.
 */
public final class Patience {

  /** External Secrets, a certificate or a DNS record of the same commit usually need less. */
  public static final Duration LIMIT = Duration.ofMinutes(2);

  private Patience() {}

  /** When what is reconciling becomes stalled, if its problem lasts until then. */
  public static Optional<Instant> end(@Nullable List<Condition> conditions) {
    return summaries(conditions)
        .filter(Patience::isReconciling)
        .filter(condition -> reason(condition).filter(Patience::isPassing).isPresent())
        .map(Patience::end)
        .findFirst();
  }

  /**
   * Since when it has been reconciling with this problem, or with another one of the same stage;
   * empty: it is stalled. Each generation of the binding has the whole time. A host that answers
   * now in one way and now in another, such as with an error and with a rate limit, has it once for
   * all of them.
   */
  public static Optional<Instant> since(
      @Nullable List<Condition> previous, Problem problem, long generation, Instant now) {
    Optional<Condition> before =
        summaries(previous)
            .filter(condition -> Long.valueOf(generation).equals(condition.getObservedGeneration()))
            .filter(condition -> isSameStage(condition, problem))
            .findFirst();
    return before.isEmpty()
        ? Optional.of(now)
        : before
            .filter(Patience::isReconciling)
            .filter(condition -> now.isBefore(end(condition)))
            .map(condition -> Instant.parse(condition.getLastTransitionTime()));
  }

  private static boolean isSameStage(Condition condition, Problem problem) {
    return reason(condition)
        .filter(reason -> reason.stage() == problem.reason().stage())
        .filter(reason -> isPassing(reason) || isOfHost(reason))
        .isPresent();
  }

  private static Instant end(Condition reconciling) {
    return Instant.parse(reconciling.getLastTransitionTime()).plus(LIMIT);
  }

  /** The conditions {@code Reconciling} and {@code Stalled}, of which one at most is true. */
  private static Stream<Condition> summaries(@Nullable List<Condition> conditions) {
    return Optional.ofNullable(conditions).orElse(List.of()).stream()
        .filter(condition -> "True".equals(condition.getStatus()))
        .filter(
            condition ->
                isReconciling(condition)
                    || ConditionType.Stalled.name().equals(condition.getType()));
  }

  private static boolean isReconciling(Condition condition) {
    return ConditionType.Reconciling.name().equals(condition.getType());
  }

  private static boolean isPassing(Reason reason) {
    return reason.kind() == Reason.Kind.PASSING;
  }

  /** The operator's own queue says nothing of the host. */
  private static boolean isOfHost(Reason reason) {
    return reason.stage() == Stage.HOST && reason != Reason.Queued;
  }

  /** Empty: a reason of another version of the operator. */
  private static Optional<Reason> reason(Condition condition) {
    return Stream.of(Reason.values())
        .filter(reason -> reason.name().equals(condition.getReason()))
        .findFirst();
  }
}
