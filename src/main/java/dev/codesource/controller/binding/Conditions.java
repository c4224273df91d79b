package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.reason.ConditionType;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;

/** The conditions of a status. */
final class Conditions {

  private Conditions() {}

  /** The condition of a type; empty: the status has none. */
  static Optional<Condition> of(BindingStatus status, ConditionType type) {
    return Optional.ofNullable(status.conditions()).orElse(List.of()).stream()
        .filter(condition -> type.name().equals(condition.getType()))
        .findFirst();
  }
}
