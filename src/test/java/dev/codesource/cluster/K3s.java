package dev.codesource.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/** k3s in a container, for a machine with a Docker engine. */
final class K3s implements ApiServer {
  private static final DockerImageName IMAGE =
      DockerImageName.parse("rancher/k3s").withTag("v1.34.1-k3s1");

  private final K3sContainer container;
  private final Path kubeconfig;

  private K3s(K3sContainer container, Path kubeconfig) {
    this.container = container;
    this.kubeconfig = kubeconfig;
  }

  /**
   * Starts it if a Docker engine answers; empty if none does, and, with a line that says why, if
   * the engine cannot run it: in a closed network, say.
   */
  static Optional<K3s> start(Binaries binaries, Path folder) {
    return binaries
        .onPath("docker")
        // Asked of the command line tool, as Testcontainers looks for an engine slowly and loudly.
        .filter(docker -> run(docker, "info").succeeded())
        .flatMap(docker -> start(docker, folder));
  }

  @SuppressWarnings("resource") // closed by close()
  private static Optional<K3s> start(Path docker, Path folder) {
    K3sContainer container;
    try {
      pull(docker);
      container = new K3sContainer(IMAGE);
      container.start();
    } catch (RuntimeException e) {
      System.err.println(
          "Docker answers, but k3s does not start in it; another cluster is used: " + causeOf(e));
      return Optional.empty();
    }
    try {
      return Optional.of(
          new K3s(
              container,
              Files.writeString(
                  folder.resolve("admin.kubeconfig"), container.getKubeConfigYaml())));
    } catch (IOException e) {
      container.stop();
      throw new UncheckedIOException(e);
    }
  }

  /** Testcontainers would try it for two minutes. */
  private static void pull(Path docker) {
    String image = IMAGE.asCanonicalNameString();
    if (!run(docker, "image", "inspect", image).succeeded()) {
      CommandResult pull = run(docker, "pull", "--quiet", image);
      if (!pull.succeeded()) {
        throw new IllegalStateException(pull.stderr().strip());
      }
    }
  }

  private static CommandResult run(Path docker, String... arguments) {
    return CommandResult.of(
        Stream.concat(Stream.of(docker.toString()), Stream.of(arguments)).toList(), Map.of(), "");
  }

  /** The first line of what lies at the bottom. */
  private static String causeOf(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public void close() {
    container.stop();
  }
}
