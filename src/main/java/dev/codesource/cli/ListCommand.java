package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists bindings. */
@Command(description = "List bindings: which account, and whether the access is proven.")
final class ListCommand extends PluginCommand {

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "In all namespaces.")
  private boolean everywhere;

  @Option(
      names = {"-l", "--selector"},
      paramLabel = "LABELS",
      description = "Only those with these labels.")
  private String selector = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table, wide, json, yaml or name. Default: table.")
  private Output output = Output.table;

  @Override
  Exit run() {
    Kubectl kubectl = everywhere ? plugin().kubectlOfCluster() : kubectl();
    List<String> arguments = new ArrayList<>(List.of("get", Resources.BINDINGS));
    if (everywhere) {
      arguments.add("--all-namespaces");
    }
    if (!selector.isEmpty()) {
      arguments.add("--selector=" + selector);
    }
    if (output.isOfKubectl()) {
      arguments.add("--output=" + output);
      kubectl.show(arguments);
    } else {
      show(kubectl.read(arguments));
    }
    return Exit.DONE;
  }

  private void show(JsonNode list) {
    Table table = new Table(columns());
    Instant now = Instant.now();
    Json.elements(list, "items").map(binding -> row(binding, now)).forEach(table::add);
    if (table.isEmpty()) {
      terminal().say("There is no binding%s. Make one: %s bind".formatted(where(), Plugin.NAME));
      return;
    }
    table.lines().forEach(terminal()::print);
  }

  private String where() {
    return everywhere
        ? ""
        : plugin()
            .namespace()
            .map(name -> " in the namespace " + name)
            .orElse(" in this namespace");
  }

  private List<String> columns() {
    List<String> columns = new ArrayList<>();
    if (everywhere) {
      columns.add("NAMESPACE");
    }
    columns.addAll(
        List.of("NAME", "PLATFORM", "ACCOUNT", "URL", "STATUS", "REASON", "EXPIRES", "AGE"));
    if (output == Output.wide) {
      columns.addAll(List.of("PROVEN", "REGISTRY", "MESSAGE"));
    }
    return columns;
  }

  private List<String> row(JsonNode binding, Instant now) {
    State state = State.of(binding);
    Stream<String> place = everywhere ? Stream.of(Json.namespace(binding)) : Stream.empty();
    Stream<String> usual =
        Stream.of(
            Json.name(binding),
            Json.text(binding, "spec", "platform"),
            Json.text(binding, "spec", "username"),
            Json.some(binding, "status", "url").orElse(Json.text(binding, "spec", "url")),
            state.word(),
            state.why().orElse(""),
            Json.text(binding, "status", "expiresOn"),
            Times.ago(Json.text(binding, "metadata", "creationTimestamp"), now));
    Stream<String> wide =
        output == Output.wide
            ? Stream.of(
                Times.ago(Json.text(binding, "status", "lastVerifiedAt"), now),
                Json.text(binding, "spec", "registryInstance", "name"),
                state.message())
            : Stream.empty();
    return Stream.of(place, usual, wide).flatMap(cells -> cells).toList();
  }
}
