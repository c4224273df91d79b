package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.cli.doctor.Check;
import dev.codesource.cli.doctor.Finding;
import dev.codesource.cli.doctor.Finding.Level;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Reason.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the conditions of a binding say, as findings.
 *
 * @param namespace as an option of a command, with a blank before it
 */
record Conditions(JsonNode binding, String name, String namespace) {

  /** In the order in which they are established. */
  private static final Map<ConditionType, Check> STEPS =
      new java.util.EnumMap<>(
          Map.of(
              ConditionType.AddressValid, Check.AddressValid,
              ConditionType.Reachable, Check.Reachable,
              ConditionType.Authenticated, Check.Authenticated,
              ConditionType.ScopesSufficient, Check.ScopesSufficient,
              ConditionType.CredentialFresh, Check.CredentialFresh,
              ConditionType.Published, Check.Published));

  /** One for each step that the operator has taken. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    STEPS.forEach(
        (type, check) -> {
          JsonNode condition = Json.condition(binding, type);
          if (!condition.isMissingNode()) {
            findings.add(finding(check, condition));
          }
        });
    JsonNode ready = Json.condition(binding, ConditionType.Ready);
    String reason = Json.text(ready, "reason");
    boolean told = findings.stream().anyMatch(each -> each.id().equals(reason));
    if (Json.text(ready, "status").equals("False") && !told) {
      findings.add(finding(Check.Ready, ready));
    }
    return findings;
  }

  /** Why the binding is not ready, in one finding; empty: it is, or nothing is known. */
  Optional<Finding> cause() {
    return findings().stream()
        .filter(each -> each.level() == Level.ERROR)
        .findFirst()
        .map(
            each ->
                new Finding(
                    each.check(),
                    each.level(),
                    each.id(),
                    "%s: %s".formatted(name, each.sentence()),
                    each.remedy(),
                    each.command()));
  }

  private Finding finding(Check check, JsonNode condition) {
    String id = Json.text(condition, "reason");
    Optional<Reason> reason = reason(id);
    boolean isTrue = Json.text(condition, "status").equals("True");
    String message = Visible.line(Json.text(condition, "message"));
    if (isTrue && reason.filter(each -> each.kind() != Kind.GOOD).isEmpty()) {
      return Finding.good(check, message);
    }
    if (Json.text(condition, "status").equals("Unknown")) {
      String sentence = id.equals(Reason.NotChecked.name()) ? Reason.NotChecked.meaning() : message;
      return Finding.unknown(check, sentence);
    }
    String remedy = reason.map(Reason::remedy).orElse("");
    return Finding.bad(check.name(), level(id, reason), id, without(remedy, message), remedy)
        .with(reason.map(this::command).orElseGet(this::describe));
  }

  /** Of two sentences the second is told by itself. */
  private static String without(String remedy, String message) {
    return !remedy.isEmpty() && message.endsWith(remedy)
        ? message.substring(0, message.length() - remedy.length()).strip()
        : message;
  }

  /** What keeps the binding from being ready is an error, unless nobody wants it to be ready. */
  private Level level(String id, Optional<Reason> reason) {
    JsonNode ready = Json.condition(binding, ConditionType.Ready);
    boolean isCause =
        Json.text(ready, "status").equals("False") && Json.text(ready, "reason").equals(id);
    boolean isSuspended = Verification.phase(binding).equals(Phase.Suspended.name());
    boolean passes =
        reason.filter(each -> each.kind() == Kind.NOTE || each.kind() == Kind.TIME).isPresent();
    return !isSuspended && (isCause || !passes) ? Level.ERROR : Level.WARNING;
  }

  /** A command that shows more, or does what the remedy says. */
  String command(Reason reason) {
    boolean byToken = !Json.text(binding, "spec", "tokenSecretRef", "name").isEmpty();
    String again = byToken ? "rotate" : "authorize";
    return switch (reason.stage()) {
      case ADDRESS -> "kubectl edit %s %s%s".formatted(Resources.BINDINGS, name, namespace);
      case CREDENTIAL ->
          byToken
              ? "kubectl describe secret %s%s"
                  .formatted(Json.text(binding, "spec", "tokenSecretRef", "name"), namespace)
              : "%s authorize %s%s".formatted(Plugin.NAME, name, namespace);
      case HOST -> "%s check %s%s".formatted(Plugin.NAME, name, namespace);
      case ACCESS, SCOPES, FRESHNESS -> "%s %s %s%s".formatted(Plugin.NAME, again, name, namespace);
      default -> describe();
    };
  }

  private String describe() {
    return "kubectl describe %s %s%s".formatted(Resources.BINDINGS, name, namespace);
  }

  /** Of this version. */
  static Optional<Reason> reason(String id) {
    return Arrays.stream(Reason.values()).filter(each -> each.name().equals(id)).findFirst();
  }

  /**
   * What is wrong with a trigger of the binding: itself, its webhook, what a build lacks, the last
   * build.
   */
  static Stream<Finding> ofTrigger(JsonNode trigger) {
    List<Finding> found =
        Stream.of(ConditionType.Ready, ConditionType.WebhookReady, ConditionType.BuilderReady)
            .map(type -> Json.condition(trigger, type))
            .filter(condition -> Json.text(condition, "status").equals("False"))
            .map(condition -> ofTrigger(trigger, condition))
            .distinct()
            .toList();
    Stream<Finding> build =
        Builds.newest(trigger)
            .filter(last -> Builds.state(last).equals(Optional.of(BuildState.Failed)))
            .map(last -> ofBuild(trigger, last))
            .stream();
    return Stream.concat(found.stream(), build);
  }

  private static Finding ofBuild(JsonNode trigger, JsonNode build) {
    String message = Visible.line(Json.text(build, "message"));
    return Finding.bad(
            Check.Triggers.name(),
            Level.WARNING,
            Reason.BuildFailed.name(),
            "%s: the last build, of %s, has failed%s"
                .formatted(
                    Json.name(trigger),
                    Visible.line(Builds.shortRef(build)),
                    message.isEmpty() ? "." : ": " + message),
            Reason.BuildFailed.remedy())
        .with(
            "%s logs %s -n %s".formatted(Plugin.NAME, Json.name(trigger), Json.namespace(trigger)));
  }

  private static Finding ofTrigger(JsonNode trigger, JsonNode condition) {
    String id = Json.text(condition, "reason");
    String remedy = reason(id).map(Reason::remedy).orElse("");
    String sentence = without(remedy, Visible.line(Json.text(condition, "message")));
    return Finding.bad(
            Check.Triggers.name(),
            Level.WARNING,
            id,
            "%s: %s".formatted(Json.name(trigger), sentence),
            remedy)
        .with(
            "kubectl describe %s %s -n %s"
                .formatted(Resources.TRIGGERS, Json.name(trigger), Json.namespace(trigger)));
  }
}
