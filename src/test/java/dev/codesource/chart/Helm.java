package dev.codesource.chart;

import dev.codesource.cluster.Binaries;
import dev.codesource.cluster.CommandResult;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** helm, for what needs no cluster. */
final class Helm {
  static final Path PROGRAM = new Binaries(System.getenv()).find("helm");

  private Helm() {}

  static CommandResult run(String... arguments) {
    List<String> command =
        Stream.concat(Stream.of(PROGRAM.toString()), Arrays.stream(arguments)).toList();
    return CommandResult.of(command, Map.of(), "");
  }
}
