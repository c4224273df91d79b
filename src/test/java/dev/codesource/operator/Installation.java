package dev.codesource.operator;

import dev.codesource.cluster.Cluster;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The chart, installed into the test's cluster: the CRD, the ServiceAccount and its permissions. No
 * pod runs there; the operator runs beside, as that ServiceAccount.
 */
public final class Installation {

  public static final String NAMESPACE = "codesource-system";
  static final String RELEASE = "codesource-operator";

  private final Cluster cluster;

  private Installation(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Installs the chart, or brings it up to date; other values than the defaults may follow. */
  public static Installation of(Cluster cluster, String... values) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "upgrade",
                "--install",
                RELEASE,
                "helm/codesource-operator",
                "--namespace",
                NAMESPACE,
                "--create-namespace",
                // The cluster has the CRD from crds/ already, so that its controllers know it
                // early.
                "--set",
                "crds.install=false"));
    command.addAll(List.of(values));
    cluster.helm(command.toArray(String[]::new)).orFail();
    return new Installation(cluster);
  }

  /** As {@link #of}; the operator may connect to the test's code hosts. */
  public static Installation allowingLoopback(Cluster cluster, String... values) {
    return of(
        cluster,
        Stream.concat(
                Stream.of("--set", "operator.address.allowedCidrs={127.0.0.0/8,::1/128}"),
                Stream.of(values))
            .toArray(String[]::new));
  }

  /**
   * As {@link #allowingLoopback}; the operator receives deliveries. The chart takes only addresses
   * with https: {@link #receivingAt} says where it really is.
   */
  public static Installation receivingDeliveries(Cluster cluster, String... values) {
    return allowingLoopback(
        cluster,
        Stream.concat(
                Stream.of("--set", "operator.webhook.publicUrl=https://hooks.example.com"),
                Stream.of(values))
            .toArray(String[]::new));
  }

  /** Variables of an operator that code hosts on loopback reach at a port. */
  public static Map<String, String> receivingAt(int port) {
    return Map.of(
        "QUARKUS_HTTP_PORT",
        Integer.toString(port),
        "CODESOURCE_WEBHOOK_PUBLIC_URL",
        "http://127.0.0.1:" + port);
  }

  /**
   * Runs the operator as the chart's Deployment would: with its permissions and its environment.
   *
   * @param more variables that a pod has besides, or that the test wants to be other
   */
  public OperatorProcess start(Map<String, String> more) {
    return startWithoutWaiting(more).awaitReady();
  }

  /** As {@link #start}; does not wait until it is ready. */
  public OperatorProcess startWithoutWaiting(Map<String, String> more) {
    return OperatorProcess.run(kubeconfig(), environmentWith(more));
  }

  /** As {@link #startWithoutWaiting(Map)}, by a Java of choice. */
  public OperatorProcess startWithoutWaiting(JavaCommand java, Map<String, String> more) {
    return OperatorProcess.run(java, kubeconfig(), environmentWith(more));
  }

  /** As {@link #start}, with as much memory as the chart gives the container. */
  public OperatorProcess startInChartsMemory() {
    JavaCommand java = JavaCommand.ofTheBuild().with("-XX:MaxRAM=" + memoryLimit());
    return startWithoutWaiting(java, Map.of("MALLOC_ARENA_MAX", "2")) // as the image has it
        .awaitReady();
  }

  /** Starts a pod of another shard than the first; does not wait until it is ready. */
  public OperatorProcess startShard(int shard, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(environment(container(RELEASE + "-" + shard)));
    environment.putAll(more);
    return OperatorProcess.run(kubeconfig(), environment);
  }

  private Map<String, String> environmentWith(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(environment());
    // Tokens of tests are replaced within seconds.
    environment.put("CODESOURCE_TOKENS_MINIMUM_AGE", "5s");
    environment.putAll(more);
    return environment;
  }

  /** The variables of the Deployment's container. */
  public Map<String, String> environment() {
    return environment(container(RELEASE));
  }

  private Map<String, String> environment(Container container) {
    Map<String, String> environment = new HashMap<>();
    for (EnvFromSource source : container.getEnvFrom()) {
      String configMap = source.getConfigMapRef().getName();
      environment.putAll(
          cluster
              .admin()
              .configMaps()
              .inNamespace(NAMESPACE)
              .withName(configMap)
              .require()
              .getData());
    }
    container.getEnv().forEach(each -> environment.put(each.getName(), each.getValue()));
    return environment;
  }

  /** The memory that the chart gives the container at most, in bytes. */
  public long memoryLimit() {
    return Quantity.getAmountInBytes(container(RELEASE).getResources().getLimits().get("memory"))
        .longValueExact();
  }

  private Container container(String deployment) {
    return cluster
        .admin()
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withName(deployment)
        .require()
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst();
  }

  /** How the API server calls the operator. */
  public static String user() {
    return "system:serviceaccount:" + NAMESPACE + ":" + RELEASE;
  }

  /** A kubeconfig with the operator's own permissions. */
  public Path kubeconfig() {
    return cluster.kubeconfigFor(NAMESPACE, RELEASE);
  }
}
