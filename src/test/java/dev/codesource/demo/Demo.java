package dev.codesource.demo;

import dev.codesource.cluster.Binaries;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.FreePort;
import dev.codesource.operator.Installation;
import dev.codesource.operator.OperatorProcess;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Shows bindings becoming Bound, three that say why they are not, a clone with what one of them
 * published, and a push that a trigger has built by Jobs. Then people can go on in the console.
 */
public final class Demo {

  private static final String NAMESPACE = "demo";
  private static final Path FAILING = Path.of("src/test/resources/demo/failing.yaml");
  private static final String GOOD_TOKEN = "alices-token";
  private static final String BAD_TOKEN = "reading-token";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** How long the end of all processes may take after Ctrl-C. */
  private static final Duration LONGEST_END = Duration.ofSeconds(30);

  private final PrintStream out = System.out;
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  private Demo() {}

  /**
   * Runs the demo. With {@code --once}, and where {@code CI} is true, it ends after the show, with
   * an error where it went wrong: nobody is there who could end it.
   */
  public static void main(String[] arguments) {
    boolean once =
        arguments.length > 0 && arguments[0].equals("--once")
            || "true".equalsIgnoreCase(System.getenv("CI"));
    Demo demo = new Demo();
    try {
      demo.run(once);
      demo.ended.countDown();
      System.exit(0);
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      System.err.println("The demo ends: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run(boolean once) throws IOException, InterruptedException {
    say("Starting a cluster (API server, etcd, controller manager) on loopback …");
    try (Cluster cluster = Cluster.start();
        Samples samples = new Samples();
        LoopbackCodeHost gitLab =
            LoopbackCodeHost.http(Dialect.atRoot(PublishedClone.projects()))
                .grant(GOOD_TOKEN, Grant.of("alice", "api"))
                .grant(BAD_TOKEN, Grant.of("alice", "read_api"))) {
      say("Installing the CRD and the chart …");
      Installation installation =
          Installation.receivingDeliveries(cluster, "--set", "operator.builders={BuildKit}");
      Map<String, String> environment = new HashMap<>(Installation.receivingAt(FreePort.find()));
      environment.put("CODESOURCE_ADDRESS_HTTPS_PORTS", "443,1025-65535");
      say("Starting the operator with the permissions of the chart's ServiceAccount …");
      try (OperatorProcess operator = installation.start(environment);
          BuiltPush push = begin(cluster)) {
        say("Applying deploy/samples, with each code host replaced by one on loopback …");
        for (HasMetadata object : samples.load(cluster.admin())) {
          cluster.admin().resource(object).inNamespace(NAMESPACE).serverSideApply();
        }
        say("Applying three bindings that have something wrong …");
        cluster
            .apply(
                Files.readString(FAILING).replace("GITLAB_PORT", Integer.toString(gitLab.port())),
                "-n",
                NAMESPACE)
            .orFail();
        PublishedClone clone = PublishedClone.prepare(cluster, NAMESPACE, gitLab);
        boolean settled = show(cluster);
        clone.show(out);
        push.show(out);
        say("Starting the console …");
        try (ConsoleVisit visit = ConsoleVisit.prepare(cluster, NAMESPACE)) {
          if (once) {
            if (!settled) {
              throw new IllegalStateException("not every binding settled within " + PATIENCE);
            }
            return;
          }
          Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end-of-the-demo"));
          visit.invite(out, gitLab.url(), GOOD_TOKEN, BAD_TOKEN);
          invite(cluster, operator, visit);
          interrupted.await();
        }
      }
    }
  }

  private static BuiltPush begin(Cluster cluster) throws IOException {
    cluster.kubectl("create", "namespace", NAMESPACE).orFail();
    return BuiltPush.prepare(cluster, NAMESPACE);
  }

  /**
   * Ctrl-C is how the demo is meant to end, so its exit code is 0. The JVM's own would be 130,
   * which make takes for a failure.
   */
  private void end() {
    interrupted.countDown();
    try {
      Runtime.getRuntime().halt(ended.await(LONGEST_END.toSeconds(), TimeUnit.SECONDS) ? 0 : 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Prints the table whenever it changes, until no binding is without a phase. */
  private boolean show(Cluster cluster) throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    String shown = "";
    boolean settled = false;
    while (!settled && Instant.now().isBefore(end)) {
      String phases = kubectl(cluster, "-o", "jsonpath={range .items[*]}{.status.phase},{end}");
      settled = !phases.startsWith(",") && !phases.contains(",,");
      if (!phases.equals(shown)) {
        shown = phases;
        out.println("\n$ kubectl get csb -n " + NAMESPACE);
        out.print(kubectl(cluster));
      }
      Thread.sleep(300);
    }
    out.println(
        "\n$ kubectl get csb -n " + NAMESPACE + " --field-selector status.phase=Failed -o wide");
    out.print(kubectl(cluster, "--field-selector", "status.phase=Failed", "-o", "wide"));
    return settled;
  }

  private static String kubectl(Cluster cluster, String... more) {
    String[] arguments = new String[4 + more.length];
    arguments[0] = "get";
    arguments[1] = "csb";
    arguments[2] = "-n";
    arguments[3] = NAMESPACE;
    System.arraycopy(more, 0, arguments, 4, more.length);
    return cluster.kubectl(arguments).orFail().stdout();
  }

  private void invite(Cluster cluster, OperatorProcess operator, ConsoleVisit visit) {
    out.printf(
        """

        Or with kubectl, in another terminal:

          export KUBECONFIG=%s
          export PATH=%s:$PATH   # kubectl
          kubectl -n %s get csb
          kubectl -n %s describe csb gitlab
          kubectl -n %s describe cst shop
          kubectl -n %s get events --sort-by=.metadata.creationTimestamp
          curl -s http://127.0.0.1:%d/metrics | grep ^codesource

        The operator's log is %s,
        the console's is %s.
        Ctrl-C ends all of it.
        """,
        cluster.kubeconfig().toAbsolutePath(),
        new Binaries(System.getenv()).find("kubectl").toAbsolutePath().getParent(),
        NAMESPACE,
        NAMESPACE,
        NAMESPACE,
        NAMESPACE,
        operator.managementPort(),
        operator.logFile().toAbsolutePath(),
        visit.console().logFile().toAbsolutePath());
  }

  private void say(String what) {
    out.println("==> " + what);
  }
}
