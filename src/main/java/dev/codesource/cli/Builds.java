package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.build.BuildLog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What the status of a trigger says of builds. */
final class Builds {

  private Builds() {}

  /** The last build of the rule that has the newest. */
  static Optional<JsonNode> newest(JsonNode trigger) {
    return Json.elements(trigger, "status", "rules")
        .map(rule -> rule.path("lastBuild"))
        .filter(JsonNode::isObject)
        .max(Comparator.comparing(build -> Json.text(build, "foundAt")));
  }

  /** The last build of a rule; a missing node: there is none. */
  static JsonNode last(JsonNode trigger, String rule) {
    return rule(trigger, rule)
        .map(found -> found.path("lastBuild"))
        .orElseGet(Json.TREES::missingNode);
  }

  /** A build of a rule, by the object that builds. */
  static Optional<JsonNode> of(JsonNode trigger, String rule, String object) {
    return rule(trigger, rule).stream()
        .flatMap(found -> Json.elements(found, "builds"))
        .filter(build -> Json.text(build, "object", "name").equals(object))
        .findFirst();
  }

  private static Optional<JsonNode> rule(JsonNode trigger, String rule) {
    return Json.elements(trigger, "status", "rules")
        .filter(each -> Json.text(each, "name").equals(rule))
        .findFirst();
  }

  /** Its state; empty: none that this version knows. */
  static Optional<BuildState> state(JsonNode build) {
    return Arrays.stream(BuildState.values())
        .filter(state -> state.name().equals(Json.text(build, "state")))
        .findFirst();
  }

  static String shortRef(JsonNode build) {
    return Json.text(build, "ref").replaceFirst("^refs/(heads|tags)/", "");
  }

  /** The arguments of kubectl that show the log of what builds; none: it has no log. */
  static Optional<List<String>> log(JsonNode build) {
    return BuildLog.arguments(
            Json.text(build, "object", "kind"), Json.text(build, "object", "name"))
        .map(
            pods -> {
              List<String> arguments = new ArrayList<>(List.of("logs"));
              arguments.addAll(pods);
              // kubectl follows five by itself.
              arguments.add("--max-log-requests=20");
              return arguments;
            });
  }
}
