package dev.codesource.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** Asked of the command line tool, as Testcontainers looks for an engine slowly and loudly. */
  static boolean isPossible() {
    try {
      return CommandResult.of(List.of("docker", "info"), Map.of(), "").succeeded();
    } catch (UncheckedIOException noSuchCommand) {
      return false;
    }
  }

  /** Empty, with a line that says why, if the engine cannot run it: in a closed network, say. */
  @SuppressWarnings("resource") // closed by close()
  static Optional<K3s> start(Path folder) {
    var container = new K3sContainer(IMAGE);
    try {
      container.start();
    } catch (RuntimeException e) {
      container.stop();
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
