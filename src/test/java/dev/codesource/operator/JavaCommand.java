package dev.codesource.operator;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * How the operator is started.
 *
 * @param java the program
 * @param options later ones win
 * @param application what {@code make build} leaves, or a copy of it
 */
public record JavaCommand(Path java, List<String> options, Path application) {

  /** The JVM's options, which the image has too. */
  public static final Path OPTIONS = Path.of("src/main/docker/java.options");

  /** By the JDK of the tests. */
  public static JavaCommand ofTheBuild() {
    return new JavaCommand(
        Path.of(System.getProperty("java.home"), "bin", "java"),
        List.of("@" + OPTIONS),
        Path.of("target/quarkus-app/quarkus-run.jar"));
  }

  public JavaCommand with(String... more) {
    return new JavaCommand(
        java, Stream.concat(options.stream(), Stream.of(more)).toList(), application);
  }

  List<String> command() {
    return Stream.of(List.of(java.toString()), options, List.of("-jar", application.toString()))
        .flatMap(List::stream)
        .toList();
  }
}
