package dev.codesource.cluster;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.testhost.ServerIdentity;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The Kubernetes cluster of a test run or of the demo. In this order:
 *
 * <ol>
 *   <li>the one of the kubeconfig that {@code CODESOURCE_KUBECONFIG} names. Not {@code KUBECONFIG}:
 *       tests create and delete things as an administrator, and that variable often points at a
 *       cluster that people depend on;
 *   <li>a control plane started from the programs in {@code KUBEBUILDER_ASSETS};
 *   <li>k3s in a container, if a Docker engine answers and gets the image;
 *   <li>a control plane built from its Go modules.
 * </ol>
 */
public final class Cluster implements AutoCloseable {
  private static final Path CRDS = Path.of("crds");

  private final Binaries binaries;
  private final ApiServer apiServer;
  private final KubernetesClient admin;
  private final Path folder;
  private final ConcurrentLinkedQueue<String> namespaces = new ConcurrentLinkedQueue<>();

  private Cluster(Binaries binaries, ApiServer apiServer, KubernetesClient admin, Path folder) {
    this.binaries = binaries;
    this.apiServer = apiServer;
    this.admin = admin;
    this.folder = folder;
  }

  /** A cluster that has the CRDs of this checkout. */
  public static Cluster start() {
    return start(System.getenv(), Cluster::applyCrds);
  }

  /** For what brings the CRDs itself, as the chart does. */
  public static Cluster startWithoutCrds() {
    return start(System.getenv(), client -> {});
  }

  /**
   * A cluster of one real node, without CRDs; aborts the test where none can be started. It is not
   * chosen as the others are: a node takes longer than a control plane to start, and pods are for
   * few tests.
   */
  public static Cluster startWithNode() {
    Node.missing().ifPresent(why -> Assumptions.abort("No node can be started here: " + why));
    try {
      Path folder = newFolder();
      Node node = Node.start(folder);
      return new Cluster(
          new Binaries(System.getenv()), node, Kubeconfig.connect(node.kubeconfig()), folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path newFolder() throws IOException {
    Path runs = Files.createDirectories(Path.of("target", "cluster").toAbsolutePath());
    return Files.createTempDirectory(runs, ProcessHandle.current().pid() + "-");
  }

  static Cluster start(Map<String, String> environment, Consumer<KubernetesClient> prepare) {
    try {
      var binaries = new Binaries(environment);
      Path folder = newFolder();
      ApiServer apiServer = choose(environment, binaries, folder, prepare);
      KubernetesClient admin = Kubeconfig.connect(apiServer.kubeconfig());
      if (!(apiServer instanceof ControlPlane)) {
        prepare.accept(admin);
      }
      return new Cluster(binaries, apiServer, admin, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ApiServer choose(
      Map<String, String> environment,
      Binaries binaries,
      Path folder,
      Consumer<KubernetesClient> prepare) {
    String given = environment.getOrDefault("CODESOURCE_KUBECONFIG", "");
    if (!given.isBlank()) {
      return new GivenCluster(Path.of(given));
    }
    if (environment.getOrDefault("KUBEBUILDER_ASSETS", "").isBlank()) {
      Optional<K3s> k3s = K3s.start(binaries, folder);
      if (k3s.isPresent()) {
        return k3s.get();
      }
    }
    return ControlPlane.start(binaries, folder, prepare);
  }

  private static void applyCrds(KubernetesClient client) {
    if (!Files.isDirectory(CRDS)) {
      return;
    }
    try (Stream<Path> files = Files.list(CRDS)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yml")).sorted().toList()) {
        var crds = client.apiextensions().v1().customResourceDefinitions();
        CustomResourceDefinition crd = crds.load(file.toFile()).forceConflicts().serverSideApply();
        crds.resource(crd).waitUntilCondition(Cluster::isEstablished, 30, TimeUnit.SECONDS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isEstablished(CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        // Null for a moment: the names are accepted first.
        && crd.getStatus().getConditions() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }

  /** The administrator's kubeconfig. */
  public Path kubeconfig() {
    return apiServer.kubeconfig();
  }

  /** An administrator; shared, not to be closed. */
  public KubernetesClient admin() {
    return admin;
  }

  public CommandResult kubectl(String... arguments) {
    return kubectlAs(kubeconfig(), arguments);
  }

  public CommandResult kubectlAs(Path kubeconfig, String... arguments) {
    return run("kubectl", kubeconfig, "", arguments);
  }

  /** {@code kubectl apply -f -} of the given YAML. */
  public CommandResult apply(String yaml, String... arguments) {
    return run(
        "kubectl",
        kubeconfig(),
        yaml,
        Stream.concat(Stream.of("apply", "-f", "-"), Stream.of(arguments)).toArray(String[]::new));
  }

  public CommandResult helm(String... arguments) {
    return run("helm", kubeconfig(), "", arguments);
  }

  /** A script for sh, with kubectl and helm on its path. */
  public CommandResult shell(String script) {
    return CommandResult.of(
        List.of("sh", "-euc", script),
        Map.of(
            "KUBECONFIG",
            kubeconfig().toString(),
            "PATH",
            binaries.find("kubectl").getParent() + ":" + System.getenv("PATH")),
        "");
  }

  private CommandResult run(String program, Path kubeconfig, String stdin, String... arguments) {
    List<String> command = new ArrayList<>(List.of(binaries.find(program).toString()));
    command.addAll(List.of(arguments));
    return CommandResult.of(command, Map.of("KUBECONFIG", kubeconfig.toString()), stdin);
  }

  /** A kubeconfig with a token of that ServiceAccount, good for a day. */
  public Path kubeconfigFor(String namespace, String serviceAccount) {
    String token =
        admin
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(serviceAccount)
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(Duration.ofDays(1).toSeconds())
                    .endSpec()
                    .build())
            .getStatus()
            .getToken();
    Path file = folder.resolve(namespace + "." + serviceAccount + ".kubeconfig");
    file.toFile().deleteOnExit();
    try {
      return Kubeconfig.like(admin.getConfiguration(), token, namespace).write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new namespace; it is deleted after the test class. */
  public String newNamespace() {
    String name = "test-" + UUID.randomUUID().toString().substring(0, 8);
    admin
        .namespaces()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    namespaces.add(name);
    return name;
  }

  /**
   * Starts the deletion of the namespaces made so far. Their bindings go at once: a namespace takes
   * seconds, in which the next operator would be given them, and be refused whatever it writes.
   */
  void deleteNamespaces() {
    String crd = HasMetadata.getFullResourceName(CodeSourceBinding.class);
    boolean bindings =
        admin.apiextensions().v1().customResourceDefinitions().withName(crd).get() != null;
    for (String name; (name = namespaces.poll()) != null; ) {
      if (bindings) {
        admin.resources(CodeSourceBinding.class).inNamespace(name).delete();
      }
      admin.namespaces().withName(name).delete();
    }
  }

  /**
   * Ends the API server as an upgrade does and starts it again; aborts the test on a cluster of
   * somebody else.
   */
  public void restartApiServer() {
    ownControlPlane().restartApiServer(false);
  }

  /** As {@link #restartApiServer}, with SIGKILL. */
  public void crashApiServer() {
    ownControlPlane().restartApiServer(true);
  }

  /**
   * Does something while the API server hangs (SIGSTOP): connections stay open, and nothing is
   * answered; aborts the test on a cluster of somebody else.
   */
  public void whileApiServerIsPaused(Runnable action) {
    ownControlPlane().whileApiServerIsPaused(action);
  }

  /**
   * Has the API server accept the tokens of a provider of OpenID Connect, from some seconds later
   * on; aborts the test on a cluster of somebody else.
   *
   * @param authority the certificate of who signed the provider's, in PEM
   */
  public void trustIssuer(String url, String authority, String... audiences) {
    ownControlPlane().trustIssuer(url, authority, List.of(audiences));
  }

  /**
   * A certificate, with its key, by which the API server knows a user; aborts the test on a cluster
   * of somebody else.
   */
  public ServerIdentity clientCertificate(String user) {
    return ownControlPlane().clientCertificate(user);
  }

  /** The audit log, one JSON object a line; aborts the test on a cluster of somebody else. */
  public Path auditLog() {
    return ownControlPlane().auditLog();
  }

  /** What the audit log has so far; an answered request is in it. */
  public List<AuditEvent> auditEvents() {
    return AuditEvent.read(auditLog());
  }

  /** What the audit log gets from now on. */
  public AuditTail auditTail() {
    return new AuditTail(auditLog());
  }

  private ControlPlane ownControlPlane() {
    return switch (apiServer) {
      case ControlPlane own -> own;
      case GivenCluster given -> Assumptions.abort("needs a control plane of its own");
      case K3s k3s -> Assumptions.abort("needs a control plane of its own");
      case Node node -> Assumptions.abort("needs a control plane of its own");
    };
  }

  /** The node of {@link #startWithNode}. */
  public Node node() {
    if (apiServer instanceof Node node) {
      return node;
    }
    throw new IllegalStateException("this cluster has no node");
  }

  @Override
  public void close() {
    switch (apiServer) {
      case ControlPlane own -> {} // what is in it ends with it
      case K3s k3s -> {}
      case Node node -> {}
      case GivenCluster given -> deleteNamespaces();
    }
    admin.close();
    apiServer.close();
  }
}
