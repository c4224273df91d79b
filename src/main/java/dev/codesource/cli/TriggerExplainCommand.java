package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.TriggerSpec;
import dev.codesource.build.Explaining;
import dev.codesource.build.Explaining.Match;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a trigger would build of a branch or tag. */
@Command(
    name = "explain",
    description = {
      "Say which rules of a trigger match a branch or tag, and what the images would be called.",
      "Nothing is built and nobody is asked but the API server. The code is 1 if no rule matches."
    })
final class TriggerExplainCommand extends PluginCommand {

  @Parameters(index = "0", paramLabel = "TRIGGER", description = "The name of the trigger.")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "REF",
      description =
          "The branch or tag, such as main or refs/tags/v1.2. A short name may be both: then both"
              + " are shown.")
  private String ref = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table or json. Default: table.")
  private Output output = Output.table;

  @Override
  Exit run() {
    Names.check(name);
    if (ref.isEmpty()) {
      throw Failure.usage("Say which branch or tag.");
    }
    if (output != Output.table && output != Output.json) {
      throw Failure.usage("It is shown as table or json.");
    }
    JsonNode trigger = kubectl().read(List.of("get", Resources.TRIGGERS, name));
    TriggerSpec spec = Rules.spec(trigger);
    Explaining explained = Explaining.of(spec, ref, Instant.now());
    if (output == Output.json) {
      terminal().print(json(explained).toPrettyString());
    } else {
      show(spec, explained);
    }
    if (explained.problem() != null) {
      terminal().say("error: " + explained.problem());
    }
    return explained.matches().isEmpty() ? Exit.FAILED : Exit.DONE;
  }

  private void show(TriggerSpec spec, Explaining explained) {
    if (explained.matches().isEmpty()) {
      return;
    }
    Table table = new Table(List.of("RULE", "IMAGES"));
    explained.matches().forEach(match -> table.add(List.of(match.name(), images(match))));
    table.lines().forEach(terminal()::print);
    terminal().say("%s stands for the commit.".formatted(Explaining.EXAMPLE));
    spec.rules().stream()
        .filter(rule -> rule.paths() != null)
        .filter(rule -> explained.matches().stream().anyMatch(m -> m.name().equals(rule.name())))
        .forEach(
            rule ->
                terminal()
                    .say(
                        "The rule %s builds only if a file that its paths name was changed."
                            .formatted(rule.name())));
  }

  private static String images(Match match) {
    return match.message() == null ? match.images() : "none: " + match.message();
  }

  private ObjectNode json(Explaining explained) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("ref", ref);
    ArrayNode rules = json.putArray("rules");
    for (Match match : explained.matches()) {
      ObjectNode rule = rules.addObject().put("name", match.name());
      if (match.message() == null) {
        List.of(match.images().split(", ")).forEach(rule.putArray("images")::add);
      } else {
        rule.put("message", match.message());
      }
    }
    return json;
  }
}
