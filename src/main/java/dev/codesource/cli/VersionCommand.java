package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.ApiGroup;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the versions of the plug-in and of the API that the cluster serves. */
@Command(description = "Show the version of the plug-in, and of the API that the cluster serves.")
final class VersionCommand extends PluginCommand {

  @Option(names = "--client", description = "Do not ask the cluster.")
  private boolean client;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table or json. Default: table.")
  private Output output = Output.table;

  @Override
  Exit run() {
    if (output != Output.table && output != Output.json) {
      throw Failure.usage("The version is printed as table or json.");
    }
    List<String> served = client ? List.of() : served();
    if (output == Output.json) {
      ObjectNode versions = JsonNodeFactory.instance.objectNode().put("plugin", plugin(this));
      if (!client) {
        served.forEach(versions.putArray("served")::add);
      }
      terminal().print(versions.toPrettyString());
    } else {
      terminal().print("Plug-in   " + plugin(this));
      if (!client) {
        terminal().print("Cluster   " + String.join(", ", served));
      }
    }
    return Exit.DONE;
  }

  /** Of the archive; a build that is not packed has none. */
  private static String plugin(VersionCommand command) {
    return Objects.requireNonNullElse(
        command.getClass().getPackage().getImplementationVersion(), "development");
  }

  /** Everybody may ask the API server for what it serves. */
  private List<String> served() {
    JsonNode group = plugin().kubectlOfCluster().raw("/apis/" + ApiGroup.NAME);
    return Json.elements(group, "versions")
        .map(version -> Json.text(version, "groupVersion"))
        .toList();
  }
}
