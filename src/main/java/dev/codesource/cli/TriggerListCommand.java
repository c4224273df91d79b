package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists triggers. */
@Command(
    name = "list",
    aliases = "ls",
    description = "List triggers: which repository, how pushes are noticed, and the last build.")
final class TriggerListCommand extends PluginCommand {

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "In all namespaces.")
  private boolean everywhere;

  @Option(names = "--binding", paramLabel = "BINDING", description = "Only those of this binding.")
  private String binding = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table, wide, json, yaml or name. Default: table.")
  private Output output = Output.table;

  @Override
  Exit run() {
    Kubectl kubectl = everywhere ? plugin().kubectlOfCluster() : kubectl();
    List<String> arguments = new ArrayList<>(List.of("get", Resources.TRIGGERS));
    if (everywhere) {
      arguments.add("--all-namespaces");
    }
    if (!binding.isEmpty()) {
      Names.check(binding);
      arguments.add("--field-selector=spec.bindingRef.name=" + binding);
    }
    if (output.isOfKubectl()) {
      arguments.add("--output=" + output);
      kubectl.show(arguments);
      return Exit.DONE;
    }
    Table table = new Table(columns());
    Instant now = Instant.now();
    Json.elements(kubectl.read(arguments), "items")
        .map(trigger -> row(trigger, now))
        .forEach(table::add);
    if (table.isEmpty()) {
      terminal().say("There is no trigger.");
    } else {
      table.lines().forEach(terminal()::print);
    }
    return Exit.DONE;
  }

  private List<String> columns() {
    List<String> columns = new ArrayList<>();
    if (everywhere) {
      columns.add("NAMESPACE");
    }
    columns.addAll(
        List.of(
            "NAME",
            "BINDING",
            "REPOSITORY",
            "NOTICED-BY",
            "STATUS",
            "REASON",
            "LAST-BUILD",
            "AGE"));
    if (output == Output.wide) {
      columns.add("MESSAGE");
    }
    return columns;
  }

  private List<String> row(JsonNode trigger, Instant now) {
    State state = State.of(trigger);
    Stream<String> place = everywhere ? Stream.of(Json.namespace(trigger)) : Stream.empty();
    Stream<String> usual =
        Stream.of(
            Json.name(trigger),
            Json.text(trigger, "spec", "bindingRef", "name"),
            Json.text(trigger, "spec", "repository"),
            Json.text(trigger, "status", "mode"),
            state.word(),
            state.why().orElse(""),
            lastBuild(trigger),
            Times.ago(Json.text(trigger, "metadata", "creationTimestamp"), now));
    Stream<String> wide = output == Output.wide ? Stream.of(state.message()) : Stream.empty();
    return Stream.of(place, usual, wide).flatMap(cells -> cells).toList();
  }

  /** The newest of all rules. */
  private static String lastBuild(JsonNode trigger) {
    return Builds.newest(trigger)
        .map(build -> "%s %s".formatted(Builds.shortRef(build), Json.text(build, "state")))
        .orElse("");
  }
}
