package dev.codesource.node;

import dev.codesource.bench.Fleet;
import dev.codesource.cluster.Node;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * {@code make bench BENCH=node}: the memory of the chart's pod, with its limit, while it proves
 * many bindings that publish, and after a restart with all of them.
 */
public final class PodMemory {

  private static final int SIZE = Integer.parseInt(given("MAIN", "10000"));

  /** Since no binding was proven: a busy machine is slow, and a pod that hangs is not awaited. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Duration AFTERWARDS = Duration.ofSeconds(60);
  private static final double MEBI = 1024 * 1024;

  private final NodeInstallation installation;
  private final List<String> table =
      new ArrayList<>(
          List.of(
              "| %d bindings with `publish: [Git]` | Took | Peak of the cgroup | of it not cached files | Limit | Killed for want of memory | Restarts |"
                  .formatted(SIZE),
              "| --- | --- | --- | --- | --- | --- | --- |"));

  private PodMemory(NodeInstallation installation) {
    this.installation = installation;
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory(Path.of("target"), "node");
    int code = 0;
    try {
      NodeInstallation.assumePossible();
      try (NodeInstallation installation = NodeInstallation.start(folder);
          LoopbackCodeHost host =
              LoopbackCodeHost.httpAt(Node.HOST, Dialect.gitLab())
                  .grant(Fleet.TOKEN, Grant.of("alice", "api"))) {
        host.forgetting();
        new PodMemory(installation).run(host.url(Node.HOST));
      }
    } catch (TestAbortedException e) {
      System.err.println(e.getMessage());
      code = 1;
    } catch (RuntimeException | AssertionError e) {
      e.printStackTrace();
      code = 1;
    }
    System.exit(code);
  }

  private void run(String url) {
    Instant began = Instant.now();
    Fleet.create(installation.cluster(), SIZE, url, "\"Git\"");
    System.err.printf("==> %d bindings created in %s%n", SIZE, since(began));
    watch("created one after the other, and proven", began);

    Instant restarted = Instant.now();
    Pod pod = installation.pods().getFirst();
    installation.cluster().admin().resource(pod).delete();
    installation
        .cluster()
        .admin()
        .resource(pod)
        .waitUntilCondition(gone -> gone == null, 1, TimeUnit.MINUTES);
    installation.kubectl(
        "rollout",
        "status",
        "deployment/" + NodeInstallation.RELEASE,
        "-n",
        NodeInstallation.NAMESPACE,
        "--timeout=180s");
    watch("the same after a restart", restarted);
    table.forEach(System.out::println);
  }

  /** Looks each second until all are Bound and published, and a minute longer. */
  private void watch(String what, Instant began) {
    PodCgroup cgroup = PodCgroup.find();
    String uid = installation.pods().getFirst().getMetadata().getUid();
    long anonymous = 0;
    int bound = -1;
    Instant progress = Instant.now();
    Duration took = null;
    while (took == null || since(began).minus(took).compareTo(AFTERWARDS) < 0) {
      pause();
      anonymous = Math.max(anonymous, cgroup.anonymous());
      int now = bound();
      if (now > bound) {
        bound = now;
        progress = Instant.now();
        System.err.printf(
            "==> %d Bound after %s, %.0f MiB%n", now, since(began), cgroup.peak() / MEBI);
      }
      if (took == null && bound >= SIZE && published() >= SIZE) {
        took = since(began);
      }
      if (took == null && since(progress).compareTo(PATIENCE) > 0) {
        throw new IllegalStateException(
            "%d of %d are Bound, and no other for %s; %.0f MiB, killed: %d%n%s"
                .formatted(
                    bound,
                    SIZE,
                    PATIENCE,
                    cgroup.peak() / MEBI,
                    cgroup.killed(),
                    installation
                        .kubectl("get", "pods", "-n", NodeInstallation.NAMESPACE)
                        .stdout()));
      }
    }
    Pod pod = installation.pods().getFirst();
    if (!pod.getMetadata().getUid().equals(uid)) {
      throw new IllegalStateException("the pod was replaced");
    }
    table.add(
        "| %s | %d s | %.0f MiB | %.0f MiB | %.0f MiB | %d | %d |"
            .formatted(
                what,
                took.toSeconds(),
                cgroup.peak() / MEBI,
                anonymous / MEBI,
                cgroup.limit() / MEBI,
                cgroup.killed(),
                pod.getStatus().getContainerStatuses().getFirst().getRestartCount()));
  }

  /** As the operator itself counts them; -1 while it does not answer. */
  private int bound() {
    var metrics =
        installation
            .cluster()
            .kubectl(
                "get",
                "--raw",
                "/api/v1/namespaces/%s/pods/%s:9000/proxy/metrics"
                    .formatted(
                        NodeInstallation.NAMESPACE,
                        installation.pods().getFirst().getMetadata().getName()));
    return metrics
        .stdout()
        .lines()
        .filter(line -> line.startsWith("codesource_bindings{phase=\"Bound\","))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private long published() {
    return installation
        .kubectl(
            "get",
            "secrets",
            "-A",
            "-l",
            "codesource.dev/published-for=Git",
            "-o",
            "name",
            "--chunk-size=1000")
        .stdout()
        .lines()
        .count();
  }

  private static String given(String name, String otherwise) {
    String value = System.getenv().getOrDefault(name, "").trim();
    return value.isEmpty() ? otherwise : value;
  }

  private static Duration since(Instant then) {
    return Duration.ofSeconds(Duration.between(then, Instant.now()).toSeconds());
  }

  private static void pause() {
    try {
      Thread.sleep(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
