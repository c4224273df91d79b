package dev.codesource.web.console;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The conditions of a status. Whoever may write a status can write anything there. */
record Conditions(List<Condition> all) {

  static Conditions of(CodeSourceBinding binding) {
    return of(Optional.ofNullable(binding.getStatus()).map(BindingStatus::conditions).orElse(null));
  }

  static Conditions of(CodeSourceTrigger trigger) {
    return of(Optional.ofNullable(trigger.getStatus()).map(TriggerStatus::conditions).orElse(null));
  }

  private static Conditions of(@Nullable List<Condition> all) {
    return new Conditions(
        Objects.requireNonNullElse(all, List.<Condition>of()).stream()
            .filter(each -> each.getType() != null)
            .toList());
  }

  Optional<Condition> find(ConditionType type) {
    return all.stream().filter(each -> each.getType().equals(type.name())).findFirst();
  }

  boolean is(ConditionType type, String status) {
    return find(type).filter(found -> status.equals(found.getStatus())).isPresent();
  }

  /**
   * The condition that a person should read: {@code Ready}, or the first that has a problem
   * although {@code Ready} has none, as with a webhook that does not work.
   */
  private Optional<Condition> telling() {
    Optional<Condition> ready = find(ConditionType.Ready);
    return ready.flatMap(Conditions::reason).filter(Conditions::isProblem).isPresent()
        ? ready
        : Stream.of(ConditionType.values())
            .map(this::find)
            .flatMap(Optional::stream)
            .filter(each -> "False".equals(each.getStatus()))
            .filter(each -> reason(each).filter(Conditions::isProblem).isPresent())
            .findFirst()
            .or(() -> ready);
  }

  static Optional<Reason> reason(Condition condition) {
    return Stream.of(Reason.values())
        .filter(each -> each.name().equals(condition.getReason()))
        .findFirst();
  }

  private static boolean isProblem(Reason reason) {
    return switch (reason.kind()) {
      case TIME, PASSING, PERSON -> true;
      case GOOD, NOTE -> false;
    };
  }

  /** What was observed, without the remedy, which the page shows besides. */
  Optional<String> sentence() {
    String remedy = telling().flatMap(Conditions::reason).map(Reason::remedy).orElse("");
    return telling()
        .map(Condition::getMessage)
        .map(
            message ->
                !remedy.isEmpty() && message.endsWith(remedy)
                    ? message.substring(0, message.length() - remedy.length()).strip()
                    : message)
        .filter(message -> !message.isBlank());
  }

  /** The reason that {@link #sentence} is about; empty: none that is known. */
  Optional<Reason> told() {
    return telling().flatMap(Conditions::reason);
  }

  /** Why a person can do something; empty: nothing is wrong. */
  Optional<Reason> toDo() {
    return telling()
        .flatMap(Conditions::reason)
        .filter(Conditions::isProblem)
        .filter(reason -> !reason.remedy().isEmpty());
  }
}
