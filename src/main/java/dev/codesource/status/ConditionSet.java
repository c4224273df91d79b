package dev.codesource.status;

import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds the list of conditions of a status, carrying transition times forward. */
public final class ConditionSet {

  private final List<Condition> previous;
  private final long generation;
  private final Instant now;
  private final EnumMap<ConditionType, Condition> next = new EnumMap<>(ConditionType.class);

  /**
   * No conditions yet.
   *
   * @param previous those of the present status
   * @param generation that the next status describes
   */
  public ConditionSet(List<Condition> previous, long generation, Instant now) {
    this.previous = previous;
    this.generation = generation;
    this.now = now;
  }

  /**
   * The condition of a type; empty: there is none.
   *
   * @param conditions of a status; null: none
   */
  public static Optional<Condition> find(@Nullable List<Condition> conditions, ConditionType type) {
    return Optional.ofNullable(conditions).orElse(List.of()).stream()
        .filter(condition -> type.name().equals(condition.getType()))
        .findFirst();
  }

  public void succeeded(ConditionType type) {
    set(type, "True", Reason.Succeeded, type.whenTrue());
  }

  public void set(ConditionType type, String status, Reason reason, String message) {
    set(type, status, reason, message, since(type, status));
  }

  public void set(ConditionType type, String status, Reason reason, String message, Instant since) {
    next.put(
        type,
        new Condition(
            Timestamp.of(since), message, generation, reason.name(), status, type.name()));
  }

  /** Sets {@code Reconciling} or {@code Stalled}, never both: kstatus would read only one. */
  public void unfinished(Problem problem) {
    Optional<Instant> since =
        switch (problem.reason().kind()) {
          case TIME -> Optional.of(since(ConditionType.Reconciling, "True"));
          case PASSING -> Patience.since(previous, problem, generation, now);
          case PERSON, NOTE, GOOD -> Optional.empty();
        };
    if (since.isPresent()) {
      remove(ConditionType.Stalled);
      set(ConditionType.Reconciling, "True", problem.reason(), problem.message(), since.get());
    } else {
      remove(ConditionType.Reconciling);
      set(ConditionType.Stalled, "True", problem.reason(), problem.message());
    }
  }

  /** Since when a condition has had a status. */
  public Instant since(ConditionType type, String status) {
    return find(previous, type)
        .filter(was -> status.equals(was.getStatus()))
        .map(Condition::getLastTransitionTime)
        .map(Instant::parse)
        .orElse(now);
  }

  public void remove(ConditionType type) {
    next.remove(type);
  }

  public void keep(ConditionType type) {
    find(previous, type).ifPresent(was -> next.put(type, was));
  }

  public void keepIfTrue(ConditionType type) {
    find(previous, type)
        .filter(was -> "True".equals(was.getStatus()))
        .ifPresent(was -> next.put(type, was));
  }

  /** In the order of the types. */
  public List<Condition> list() {
    return List.copyOf(next.values());
  }
}
