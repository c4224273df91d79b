package dev.codesource.status;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.TriggerStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What kstatus, and so Flux, makes of a custom resource (status.Compute of
 * https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus).
 */
public enum Kstatus {
  InProgress,
  Failed,
  Current;

  /**
   * The state of a resource.
   *
   * @param generation of the resource
   */
  public static Kstatus of(long generation, BindingStatus status) {
    return of(generation, status.observedGeneration(), status.conditions());
  }

  /** The state of a trigger. */
  public static Kstatus of(long generation, TriggerStatus status) {
    return of(generation, status.observedGeneration(), status.conditions());
  }

  private static Kstatus of(
      long generation, @Nullable Long observedGeneration, @Nullable List<Condition> stated) {
    if (observedGeneration != null && !Objects.equals(observedGeneration, generation)) {
      return InProgress;
    }
    List<Condition> conditions = Optional.ofNullable(stated).orElse(List.of());
    // The first in the list that is true decides.
    for (Condition condition : conditions) {
      boolean isTrue = "True".equals(condition.getStatus());
      if (isTrue && condition.getType().equals("Reconciling")) {
        return InProgress;
      }
      if (isTrue && condition.getType().equals("Stalled")) {
        return Failed;
      }
    }
    return conditions.stream()
            .filter(condition -> condition.getType().equals("Ready"))
            .allMatch(condition -> "True".equals(condition.getStatus()))
        ? Current
        : InProgress;
  }
}
