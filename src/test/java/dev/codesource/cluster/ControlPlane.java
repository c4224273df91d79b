package dev.codesource.cluster;

import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.CertificateAuthority.Validity;
import dev.codesource.testhost.ServerIdentity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/**
 * etcd, kube-apiserver and the controllers that make owner references, namespaces, ServiceAccounts
 * and aggregated roles real. There is no node and no scheduler: nothing runs a Pod. All of it
 * listens on loopback, keeps its data in a new folder and ends with this JVM.
 */
final class ControlPlane implements ApiServer {
  private static final String CONTROLLERS =
      String.join(
          ",",
          "garbage-collector-controller",
          "namespace-controller",
          "serviceaccount-controller",
          "serviceaccount-token-controller",
          "root-ca-certificate-publisher-controller",
          "clusterrole-aggregation-controller");
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int ATTEMPTS = 3;

  /** Who asked for what and what was answered; no bodies, so that no Secret is written down. */
  private static final String AUDIT_POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
      - level: Metadata
      """;

  /** Read again when it changes. */
  private static final String AUTHENTICATION =
      """
      apiVersion: apiserver.config.k8s.io/v1
      kind: AuthenticationConfiguration
      """;

  private final Binaries binaries;
  private final Path folder;
  private final Path logs;
  private final String adminToken = UUID.randomUUID().toString();
  private final ServiceAccountKey serviceAccountKey;
  private final CertificateAuthority clients = CertificateAuthority.root("Clients");
  private final int etcdPort;
  private final int etcdPeerPort;
  private final int apiPort;
  private final Deque<ChildProcess> processes = new ArrayDeque<>();
  private ChildProcess apiServer;

  /**
   * Starts a control plane.
   *
   * @param logs where the logs stay; they are the only thing that does
   * @param beforeControllers is given the API server before the controller manager starts. The
   *     garbage collector looks for new kinds only every 30 s, and at its start: CRDs are wanted
   *     here.
   */
  static ControlPlane start(
      Binaries binaries, Path logs, Consumer<KubernetesClient> beforeControllers) {
    for (int attempt = 1; ; attempt++) {
      try {
        return new ControlPlane(binaries, logs, beforeControllers);
      } catch (PortTakenException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private ControlPlane(Binaries binaries, Path logs, Consumer<KubernetesClient> beforeControllers)
      throws IOException {
    long began = System.nanoTime();
    this.binaries = binaries;
    this.logs = Files.createDirectories(logs);
    this.folder = Files.createTempDirectory("codesource-cluster");
    this.serviceAccountKey = ServiceAccountKey.create(folder);
    this.etcdPort = FreePort.find();
    this.etcdPeerPort = FreePort.find();
    this.apiPort = FreePort.find();
    try {
      Files.writeString(folder.resolve("audit-policy.yaml"), AUDIT_POLICY);
      Files.writeString(authentication(), AUTHENTICATION + "jwt: []\n");
      Files.writeString(folder.resolve("tokens.csv"), adminToken + ",admin,admin,system:masters\n");
      Files.writeString(folder.resolve("clients.pem"), clients.pem());
      startEtcd();
      this.apiServer = startApiServer();
      try (KubernetesClient client = client()) {
        beforeControllers.accept(client);
      }
      startControllers();
    } catch (RuntimeException | IOException e) {
      close();
      throw e;
    }
    System.err.printf(
        "Control plane on %s ready in %.1f s, logs in %s%n",
        server(), (System.nanoTime() - began) / 1e9, logs);
  }

  private void startEtcd() {
    String clients = "http://127.0.0.1:" + etcdPort;
    String peers = "http://127.0.0.1:" + etcdPeerPort;
    start(
        "etcd",
        List.of(
            "--data-dir=" + folder.resolve("etcd"),
            "--unsafe-no-fsync",
            "--listen-client-urls=" + clients,
            "--advertise-client-urls=" + clients,
            "--listen-peer-urls=" + peers,
            "--initial-advertise-peer-urls=" + peers,
            "--initial-cluster=default=" + peers,
            "--log-level=warn"));
  }

  private ChildProcess startApiServer() throws IOException {
    ChildProcess started =
        start(
            "kube-apiserver",
            List.of(
                "--etcd-servers=http://127.0.0.1:" + etcdPort,
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                "--secure-port=" + apiPort,
                "--cert-dir=" + folder.resolve("certificates"),
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--client-ca-file=" + folder.resolve("clients.pem"),
                "--authentication-config=" + authentication(),
                "--authorization-mode=RBAC",
                "--service-cluster-ip-range=10.0.0.0/24",
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "--service-account-signing-key-file=" + serviceAccountKey.signing(),
                "--service-account-key-file=" + serviceAccountKey.verifying(),
                "--endpoint-reconciler-type=none",
                // A SIGTERM is not to wait a minute for the watches of clients that stay.
                "--shutdown-send-retry-after=true",
                "--shutdown-watch-termination-grace-period=1s",
                "--audit-policy-file=" + folder.resolve("audit-policy.yaml"),
                "--audit-log-path=" + auditLog(),
                // Megabytes; by default it would begin anew after 100.
                "--audit-log-maxsize=10000"));
    Path certificate = folder.resolve("certificates/apiserver.crt");
    // The API server writes the key after the certificate, which may be incomplete before.
    await(started, () -> Files.exists(folder.resolve("certificates/apiserver.key")));
    new Kubeconfig(server(), Files.readString(certificate), adminToken, "default")
        .write(kubeconfig());
    try (KubernetesClient client = client()) {
      await(started, () -> isReady(client));
    }
    return started;
  }

  private void startControllers() {
    start(
        "kube-controller-manager",
        List.of(
            "--kubeconfig=" + kubeconfig(),
            "--controllers=" + CONTROLLERS,
            "--leader-elect=false",
            "--secure-port=0",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
            "--service-account-private-key-file=" + serviceAccountKey.signing(),
            "--root-ca-file=" + folder.resolve("certificates/apiserver.crt")));
  }

  private ChildProcess start(String program, List<String> flags) {
    List<String> command = new ArrayList<>(List.of(binaries.find(program).toString()));
    command.addAll(flags);
    ChildProcess started =
        ChildProcess.startWithScratch(
            program, command, Map.of(), logs.resolve(program + ".log"), folder);
    processes.push(started);
    return started;
  }

  private void await(ChildProcess process, BooleanSupplier ready) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!ready.getAsBoolean()) {
      for (ChildProcess each : processes) {
        if (!each.isAlive()) {
          throw died(each);
        }
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("not ready after " + PATIENCE + process.tailOfLog());
      }
      pause(Duration.ofMillis(50));
    }
  }

  private static IllegalStateException died(ChildProcess process) {
    String log = process.tailOfLog();
    // The port was free when it was chosen; between then and now another process may have taken it.
    return log.contains("address already in use")
        ? new PortTakenException(log)
        : new IllegalStateException("ended at its start" + log);
  }

  private static boolean isReady(KubernetesClient client) {
    try {
      return Optional.ofNullable(client.raw("/readyz")).orElse("").equals("ok");
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  private KubernetesClient client() {
    KubernetesClient client = Kubeconfig.connect(kubeconfig());
    client.getConfiguration().setRequestRetryBackoffLimit(0); // await() asks again
    return client;
  }

  /** Ends the API server, hard or not, and starts it again at the same address on the same data. */
  void restartApiServer(boolean hard) {
    if (hard) {
      apiServer.killHard();
    } else {
      apiServer.kill();
    }
    apiServer.waitFor(PATIENCE);
    processes.remove(apiServer);
    try {
      apiServer = startApiServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has the API server accept the tokens of a provider, from some seconds later on. */
  void trustIssuer(String url, String authority, List<String> audiences) {
    String jwt =
        """
        jwt:
        - issuer:
            url: %s
            audiences: [%s]
            audienceMatchPolicy: MatchAny
            certificateAuthority: |
        %s
          claimMappings:
            username: {claim: preferred_username, prefix: 'oidc:'}
        """
            .formatted(url, String.join(", ", audiences), authority.strip().indent(6));
    try {
      // At once: half a file would be refused, and looked at again after a minute.
      Path next = Files.writeString(folder.resolve("authentication.next"), AUTHENTICATION + jwt);
      Files.move(next, authentication(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A certificate by which the API server knows a user. */
  ServerIdentity clientCertificate(String user) {
    return clients.issue(new X500Principal("CN=" + user), List.of(), Validity.now());
  }

  private Path authentication() {
    return folder.resolve("authentication.yaml");
  }

  /** Stops the API server while something is done: it answers nobody, and nobody is told. */
  void whileApiServerIsPaused(Runnable action) {
    apiServer.pause();
    try {
      action.run();
    } finally {
      apiServer.resume();
    }
  }

  private String server() {
    return "https://127.0.0.1:" + apiPort;
  }

  @Override
  public Path kubeconfig() {
    return folder.resolve("admin.kubeconfig");
  }

  Path auditLog() {
    return logs.resolve("audit.log");
  }

  /** Deleted when this control plane ends. */
  Path folder() {
    return folder;
  }

  List<ChildProcess> processes() {
    return List.copyOf(processes);
  }

  @Override
  public void close() {
    processes.forEach(ChildProcess::close); // last started, first ended
    deleteFolder(); // the watchdogs did, but for one whose child had ended by itself
  }

  private void deleteFolder() {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the control plane started", e);
    }
  }

  private static final class PortTakenException extends IllegalStateException {
    PortTakenException(String log) {
      super("a port was taken by another process" + log);
    }
  }
}
