package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.reason.ConditionType;
import dev.codesource.status.ConditionSet;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Optional;

/** The conditions of the status of a binding. */
final class Conditions {

  private Conditions() {}

  /** The condition of a type; empty: the status has none. */
  static Optional<Condition> of(BindingStatus status, ConditionType type) {
    return ConditionSet.find(status.conditions(), type);
  }
}
