package dev.codesource.web.console;

import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One check, as a condition tells of it.
 *
 * @param look as that of {@link StatusWord}
 * @param answer the reason, or what there is to say without one
 * @param help the page about the reason; null: there is none
 * @param sentence what was observed; null: the page says it elsewhere
 */
record Step(
    String look,
    String icon,
    String name,
    String answer,
    @Nullable String help,
    @Nullable String sentence) {

  Step(String look, String icon, String name, String answer) {
    this(look, icon, name, answer, null, null);
  }

  /** The checks of a binding, in their order. */
  static List<Step> ofBinding(Conditions conditions) {
    return List.of(
        of("Address", conditions, ConditionType.AddressValid),
        of("Host", conditions, ConditionType.Reachable),
        of("Access", conditions, ConditionType.Authenticated),
        of("Scopes", conditions, ConditionType.ScopesSufficient),
        of("Expiry", conditions, ConditionType.CredentialFresh),
        of("Published", conditions, ConditionType.Published));
  }

  /** The checks of a trigger, in their order. */
  static List<Step> ofTrigger(Conditions conditions) {
    return List.of(
        of("Rules", conditions, ConditionType.RulesValid),
        of("Binding", conditions, ConditionType.BindingReady),
        of("Repository", conditions, ConditionType.RepositoryFound),
        of("Webhook", conditions, ConditionType.WebhookReady),
        of("Builder", conditions, ConditionType.BuilderReady));
  }

  private static Step of(String name, Conditions conditions, ConditionType type) {
    Optional<Condition> found = conditions.find(type);
    String reason = found.map(Condition::getReason).orElse("");
    return switch (found.map(Condition::getStatus).orElse("")) {
      case "True" -> new Step("good", "✓", name, "in order");
      case "False" ->
          new Step(
              "bad",
              "✗",
              name,
              reason.isEmpty() ? "not in order" : reason,
              found.flatMap(Conditions::reason).map(Reason::name).map(Paths::help).orElse(null),
              found
                  .filter(each -> !Conditions.reason(each).equals(conditions.told()))
                  .map(Condition::getMessage)
                  .filter(message -> !message.isBlank())
                  .orElse(null));
      default ->
          new Step(
              "off",
              "–",
              name,
              found.isEmpty() && !conditions.all().isEmpty() ? "not needed" : "not known");
    };
  }
}
