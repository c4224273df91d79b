package dev.codesource.cluster;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the programs are: in the folder that envtest users name ({@code KUBEBUILDER_ASSETS}), in
 * the folder that make built ({@code CLUSTER_BIN}), else built now by {@code
 * src/test/cluster/binaries}. Without Go, kubectl and helm of the machine will do.
 */
public final class Binaries {
  private static final Path BUILD_SCRIPT = Path.of("src/test/cluster/binaries");

  private final Map<String, String> environment;

  public Binaries(Map<String, String> environment) {
    this.environment = environment;
  }

  public Path find(String program) {
    return Stream.of("KUBEBUILDER_ASSETS", "CLUSTER_BIN")
        .flatMap(variable -> Stream.ofNullable(environment.get(variable)))
        .filter(folder -> !folder.isBlank())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseGet(() -> onPath("go").isPresent() ? build(program) : installed(program));
  }

  private static Path build(String program) {
    try {
      Process script =
          new ProcessBuilder("bash", BUILD_SCRIPT.toString(), program)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String folder =
          new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (script.waitFor() != 0) {
        throw new IllegalStateException(BUILD_SCRIPT + " could not build " + program);
      }
      return Path.of(folder, program);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while building " + program, e);
    }
  }

  private Path installed(String program) {
    return onPath(program)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    program
                        + " is needed: install Go (it is then built here), or put it on the PATH"));
  }

  /** A program of this machine. */
  Optional<Path> onPath(String program) {
    return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isBlank())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
