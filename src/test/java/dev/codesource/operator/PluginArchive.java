package dev.codesource.operator;

import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The archive of the plug-in, made by this build, unpacked, and linked to as krew does. */
final class PluginArchive {

  private static final Path MADE = Path.of("target", "plugin");

  private final Path links;

  private PluginArchive(Path links) {
    this.links = links;
  }

  /** Makes the archive and installs it in a folder. */
  static PluginArchive install(Path folder) {
    command("src/main/plugin/archive", "https://example.com/releases");
    try (Stream<Path> made = Files.list(MADE)) {
      Path archive =
          made.filter(file -> file.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
      Path store = Files.createDirectories(folder.resolve("store"));
      command("tar", "-xf", archive.toString(), "-C", store.toString());
      Path links = Files.createDirectories(folder.resolve("bin"));
      Files.createSymbolicLink(
          links.resolve("kubectl-codesource"), Path.of("../store/kubectl-codesource"));
      return new PluginArchive(links.toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The manifest for krew. */
  static String manifest() {
    try {
      return Files.readString(MADE.resolve("codesource.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a command line of a shell in which the plug-in is installed.
   *
   * @param line such as {@code kubectl codesource list}
   */
  CommandResult run(Cluster cluster, String line) {
    return cluster.shell("PATH=" + links + ":$PATH; " + line);
  }

  private static void command(String... command) {
    // The JDK of this test.
    CommandResult.of(List.of(command), Map.of("JAVA_HOME", System.getProperty("java.home")), "")
        .orFail();
  }
}
