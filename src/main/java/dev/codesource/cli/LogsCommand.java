package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the log of a build. */
@Command(description = "Show the log of the last build of a trigger, as its pods print it.")
final class LogsCommand extends PluginCommand {

  @Parameters(paramLabel = "TRIGGER", description = "The name of the trigger.")
  private String name = "";

  @Option(
      names = "--rule",
      paramLabel = "RULE",
      description = "The last build of this rule. Default: the newest of all rules.")
  private String rule = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Go on while the build runs.")
  private boolean follow;

  @Override
  Exit run() {
    Names.check(name);
    Kubectl kubectl = kubectl();
    JsonNode trigger = kubectl.read(List.of("get", Resources.TRIGGERS, name));
    JsonNode build =
        rule.isEmpty()
            ? Builds.newest(trigger).orElseGet(Json.TREES::missingNode)
            : Builds.last(trigger, rule);
    if (build.isMissingNode()) {
      throw Failure.failed("Nothing was built yet.");
    }
    // Whoever may write a status could make it an option of kubectl.
    Json.some(build, "object", "name").ifPresent(Names::check);
    List<String> arguments =
        new ArrayList<>(
            Builds.log(build)
                .orElseThrow(
                    () ->
                        Failure.failed(
                            "The build of %s has no log here: it is %s."
                                .formatted(Builds.shortRef(build), Json.text(build, "state")))));
    if (follow) {
      arguments.add("--follow");
      kubectl.follow(arguments);
    } else {
      kubectl.show(arguments);
    }
    return Exit.DONE;
  }
}
