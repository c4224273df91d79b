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

  private final Path made;
  private final Path links;

  private PluginArchive(Path made, Path links) {
    this.made = made;
    this.links = links;
  }

  /** Makes the archive and installs it in a folder. Other tests do the same at the same time. */
  static PluginArchive install(Path folder) {
    Path made = folder.resolve("plugin").toAbsolutePath();
    command("src/main/plugin/archive", "https://example.com/releases", made.toString());
    try (Stream<Path> files = Files.list(made)) {
      Path archive =
          files.filter(file -> file.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
      Path store = Files.createDirectories(folder.resolve("store"));
      command("tar", "-xf", archive.toString(), "-C", store.toString());
      Path links = Files.createDirectories(folder.resolve("bin"));
      Files.createSymbolicLink(
          links.resolve("kubectl-codesource"), Path.of("../store/kubectl-codesource"));
      return new PluginArchive(made, links.toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The manifest for krew. */
  String manifest() {
    try {
      return Files.readString(made.resolve("codesource.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that was made. */
  Path file(String name) {
    return made.resolve(name);
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
