package dev.codesource.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a finished command left. */
public record CommandResult(List<String> command, int exit, String stdout, String stderr) {
  private static final long TIMEOUT_SECONDS = 300;

  public static CommandResult of(
      List<String> command, Map<String, String> environment, String stdin) {
    try {
      Path out = Files.createTempFile("command", ".out");
      Path err = Files.createTempFile("command", ".err");
      try {
        return run(command, environment, stdin, out, err);
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command, e);
    }
  }

  private static CommandResult run(
      List<String> command, Map<String, String> environment, String stdin, Path out, Path err)
      throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try (var in = process.outputWriter()) {
      in.write(stdin);
    } catch (IOException endedWithoutReading) {
      // The exit code and standard error say why.
    }
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException(command + " still ran after " + TIMEOUT_SECONDS + " s");
    }
    return new CommandResult(
        command, process.exitValue(), Files.readString(out), Files.readString(err));
  }

  public boolean succeeded() {
    return exit == 0;
  }

  /** Itself, or an error with all that the command said. */
  public CommandResult orFail() {
    if (!succeeded()) {
      throw new AssertionError(
          String.join(" ", command) + " exited with " + exit + "\n" + stdout + stderr);
    }
    return this;
  }
}
