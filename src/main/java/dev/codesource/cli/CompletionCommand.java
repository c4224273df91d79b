package dev.codesource.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has shells complete what is typed. */
@Command(
    description = {
      "Have the shell complete commands, options and names.",
      "With --install the completion of kubectl (1.26 or later) completes this plug-in, too. Without,",
      "it prints what a shell reads to complete kubectl-codesource, such as in ~/.bashrc:",
      "source <(kubectl codesource completion bash)"
    })
final class CompletionCommand extends PluginCommand {

  /** As kubectl looks for it on the path: https://github.com/kubernetes/kubernetes/pull/105867. */
  private static final String PROGRAM = "kubectl_complete-codesource";

  private enum Shell {
    bash,
    zsh,
    fish
  }

  @Parameters(
      paramLabel = "SHELL",
      arity = "0..1",
      description = "bash, zsh or fish: print its script.")
  private Optional<Shell> shell = Optional.empty();

  @Option(
      names = "--install",
      paramLabel = "FOLDER",
      description = "Write the program kubectl_complete-codesource into a folder of the PATH.")
  private String folder = "";

  @Override
  Exit run() {
    if (shell.isPresent() == !folder.isEmpty()) {
      throw Failure.usage("Give a shell (bash, zsh or fish) or --install.");
    }
    if (shell.isPresent()) {
      terminal().output().print(resource("completion." + shell.get()));
      terminal().output().flush();
    } else {
      install();
    }
    return Exit.DONE;
  }

  private void install() {
    String text = resource(PROGRAM);
    try {
      Path program = Path.of(folder).resolve(PROGRAM);
      if (Files.exists(program) && !isOurs(program)) {
        throw Failure.failed("%s is another program: it is left as it is.".formatted(program));
      }
      // At once: a shell may run it at this moment.
      Path next = Files.createTempFile(Path.of(folder), PROGRAM, ".new");
      try {
        Files.writeString(next, text);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(
            next, program, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(next);
      }
      terminal().print("Made %s".formatted(program));
    } catch (IOException | InvalidPathException | UnsupportedOperationException e) {
      throw Failure.failed("In the folder %s no program can be written.".formatted(folder));
    }
    boolean isFound =
        Arrays.stream(plugin().environment("PATH").split(java.io.File.pathSeparator))
            .anyMatch(
                each ->
                    each.replaceFirst("(?<=.)/+$", "")
                        .equals(folder.replaceFirst("(?<=.)/+$", "")));
    if (!isFound) {
      terminal().say("%s is not in the PATH, where kubectl looks for it.".formatted(folder));
    }
  }

  private static boolean isOurs(Path program) throws IOException {
    return Files.isRegularFile(program)
        && Files.size(program) < 1 << 16
        && Files.readString(program, StandardCharsets.ISO_8859_1).contains("kubectl-codesource");
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(CompletionCommand.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
