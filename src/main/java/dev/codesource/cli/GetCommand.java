package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one binding, with what its checks found and what depends on it. */
@Command(description = "Show a binding: its checks, what to do, and which triggers use it.")
final class GetCommand extends PluginCommand {

  /** They sum up the others, which are shown. */
  private static final Set<String> SUMMARIES =
      Stream.of(ConditionType.Ready, ConditionType.Reconciling, ConditionType.Stalled)
          .map(ConditionType::name)
          .collect(Collectors.toUnmodifiableSet());

  @Parameters(paramLabel = "BINDING", description = "The name of the binding.")
  private String name = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table, json, yaml or name. Default: table.")
  private Output output = Output.table;

  @Override
  Exit run() {
    Names.check(name);
    if (output.isOfKubectl()) {
      kubectl().show(List.of("get", Resources.BINDINGS, name, "--output=" + output));
      return Exit.DONE;
    }
    JsonNode binding = kubectl().read(List.of("get", Resources.BINDINGS, name));
    show(binding);
    return Exit.DONE;
  }

  private void show(JsonNode binding) {
    State state = State.of(binding);
    line("Binding", "%s in the namespace %s".formatted(name, Json.namespace(binding)));
    line("Status", state.why().map(why -> state.word() + ": " + why).orElse(state.word()));
    line("", state.message());
    line("Platform", Json.text(binding, "spec", "platform"));
    line("URL", Json.some(binding, "status", "url").orElse(Json.text(binding, "spec", "url")));
    line("Account", account(binding));
    line("Credential", credential(binding));
    line("Scopes", texts(binding, "status", "scopes"));
    line("Expires", Json.text(binding, "status", "expiresAt"));
    line("Last proven", proven(binding));
    line("Registry", registry(binding));
    line("Publishes", texts(binding, "spec", "publish"));
    line("Open", Json.text(binding, "status", "authorization", "url"));
    line("Code", Json.text(binding, "status", "authorization", "userCode"));
    checks(binding);
    triggers();
  }

  private static String account(JsonNode binding) {
    String username = Json.text(binding, "spec", "username");
    return Json.some(binding, "status", "account", "id")
        .map(id -> username + " (" + id + ")")
        .orElse(username);
  }

  private static String credential(JsonNode binding) {
    return Json.some(binding, "spec", "tokenSecretRef", "name")
        .map(secret -> "the Secret " + secret)
        .orElse("OAuth");
  }

  private static String proven(JsonNode binding) {
    String time = Json.text(binding, "status", "lastVerifiedAt");
    return time.isEmpty() ? "" : "%s (%s ago)".formatted(time, Times.ago(time, Instant.now()));
  }

  private static String registry(JsonNode binding) {
    JsonNode instance = Json.at(binding, "spec", "registryInstance");
    return instance.isMissingNode()
        ? ""
        : "%s (%s, %s)"
            .formatted(
                Json.text(instance, "name"),
                Json.text(instance, "type"),
                Json.text(instance, "region"));
  }

  private static String texts(JsonNode object, String... path) {
    return Json.elements(object, path).map(JsonNode::asText).collect(Collectors.joining(", "));
  }

  private void checks(JsonNode binding) {
    List<JsonNode> checks =
        Json.elements(binding, "status", "conditions")
            .filter(condition -> !SUMMARIES.contains(Json.text(condition, "type")))
            .toList();
    if (checks.isEmpty()) {
      return;
    }
    terminal().print("");
    terminal().print("Checks");
    checks.forEach(this::check);
  }

  private void check(JsonNode condition) {
    String reason = Json.text(condition, "reason");
    Mark mark =
        switch (Json.text(condition, "status")) {
          case "True" -> Mark.GOOD;
          case "False" -> Mark.BAD;
          default -> reason.equals(Reason.NotChecked.name()) ? Mark.NONE : Mark.NOTE;
        };
    String what = mark == Mark.NONE ? "not checked" : Json.text(condition, "message");
    terminal()
        .print(
            "  %s %-17s %s"
                .formatted(
                    terminal().mark(mark), Json.text(condition, "type"), Visible.line(what)));
  }

  /** Who may not list triggers sees the binding all the same. */
  private void triggers() {
    Optional<JsonNode> list;
    try {
      list =
          Optional.of(
              kubectl()
                  .read(
                      List.of(
                          "get",
                          Resources.TRIGGERS,
                          "--field-selector=spec.bindingRef.name=" + name)));
    } catch (Failure failure) {
      terminal().say("The triggers are not shown: " + failure.sentence());
      return;
    }
    Table table = new Table(List.of("  TRIGGER", "REPOSITORY", "STATUS", "REASON"));
    Json.elements(list.get(), "items")
        .forEach(
            trigger -> {
              State state = State.of(trigger);
              table.add(
                  List.of(
                      "  " + Json.name(trigger),
                      Json.text(trigger, "spec", "repository"),
                      state.word(),
                      state.why().orElse("")));
            });
    if (!table.isEmpty()) {
      terminal().print("");
      table.lines().forEach(terminal()::print);
    }
  }

  private void line(String label, String value) {
    if (!value.isEmpty()) {
      terminal().print("%-13s%s".formatted(label, Visible.line(value)));
    }
  }
}
