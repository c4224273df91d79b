package dev.codesource.node;

import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.CommandResult;
import dev.codesource.cluster.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * The chart with the image of this build on a real node, in a namespace that enforces the Pod
 * Security Standard {@code restricted}.
 */
final class NodeInstallation implements AutoCloseable {

  static final String NAMESPACE = "codesource-system";
  static final String RELEASE = "codesource-operator";

  private final Cluster cluster;
  private final Images images;

  private NodeInstallation(Cluster cluster, Images images) {
    this.cluster = cluster;
    this.images = images;
  }

  /** Aborts the test where no node can be started. */
  static void assumePossible() {
    Node.missing().ifPresent(why -> Assumptions.abort("No node can be started here: " + why));
  }

  /**
   * Starts a node and installs the chart.
   *
   * @param folder for the archives of images
   * @param values other values of the chart than its defaults, as helm takes them
   */
  static NodeInstallation start(Path folder, String... values) {
    Images images = new Images(folder);
    images.base(); // first, as it may not be to be had
    OperatorImage.make();
    Path image = images.operator();
    NodeInstallation installation = new NodeInstallation(Cluster.startWithNode(), images);
    try {
      installation.cluster.node().load(image);
      installation.kubectl("create", "namespace", NAMESPACE);
      installation.kubectl(
          "label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted");
      installation.helm("install", values).orFail();
      return installation;
    } catch (RuntimeException | AssertionError e) {
      installation.close();
      throw e;
    }
  }

  Cluster cluster() {
    return cluster;
  }

  Images images() {
    return images;
  }

  /** {@code helm install} or {@code upgrade}, which waits for the pods. */
  CommandResult helm(String command, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                command,
                RELEASE,
                "helm/codesource-operator",
                "-n",
                NAMESPACE,
                "--wait",
                "--timeout=180s"));
    arguments.addAll(List.of(more));
    CommandResult result = cluster.helm(arguments.toArray(String[]::new));
    if (!result.succeeded()) {
      System.err.println(cluster.kubectl("get", "pods,events", "-n", NAMESPACE).stdout());
    }
    return result;
  }

  /** Of the operator, oldest first; without those that end. */
  List<Pod> pods() {
    return cluster
        .admin()
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/instance", RELEASE)
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  CommandResult kubectl(String... arguments) {
    return cluster.kubectl(arguments).orFail();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
