package dev.codesource.prometheus;

import dev.codesource.cluster.Binaries;
import dev.codesource.cluster.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Prometheus' own check and evaluation of rules
 * (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/).
 *
 * @param folder where the files of one run are
 */
public record Promtool(Path folder) {

  private static final Path PROGRAM = new Binaries(System.getenv()).find("promtool");

  /** A file of rules, for {@link #test}. */
  public Promtool rules(String name, String yaml) {
    write(name, yaml);
    return this;
  }

  /** Whether Prometheus would load these rules, and what is wrong with them. */
  public CommandResult check(String yaml) {
    return run("check", "rules", write("checked.yaml", yaml).toString());
  }

  /** Evaluates; the output tells the differences. */
  public CommandResult test(String yaml) {
    return run("test", "rules", write("test.yaml", yaml).toString());
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CommandResult run(String... arguments) {
    return CommandResult.of(
        Stream.concat(Stream.of(PROGRAM.toString()), List.of(arguments).stream()).toList(),
        Map.of(),
        "");
  }
}
