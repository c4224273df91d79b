package dev.codesource.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.CommandResult;
import dev.codesource.cluster.Node;
import dev.codesource.gitserver.GitClient;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.operator.Team;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart with the image of this build, as pods on a real node. The tests go on where the one
 * before left: a pod takes seconds to start.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodeIT {

  private static final String NAMESPACE = "codesource-system";
  private static final String RELEASE = "codesource-operator";
  private static final String TOKEN = "glpat-good";
  private static final Path MANIFESTS = Path.of("src/test/resources/node");

  /** The chart's terminationGracePeriodSeconds. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** What OpenShift gives a namespace, for one. */
  private static final long ARBITRARY_USER = 1_000_660_000;

  private Path folder;
  private Map<String, List<String>> machine;
  private Images images;
  private Cluster cluster;
  private LoopbackCodeHost gitLab;
  private Team team;

  @BeforeAll
  void install(@TempDir Path folder) {
    Node.missing().ifPresent(why -> Assumptions.abort("No node can be started here: " + why));
    this.folder = folder;
    machine = Machine.state();
    OperatorImage.make();
    images = new Images(folder);
    Path image = images.operator();
    cluster = Cluster.startWithNode();
    cluster.node().load(image);
    kubectl("create", "namespace", NAMESPACE);
    kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted");
    helm("install").orFail();
    gitLab =
        LoopbackCodeHost.httpAt(Node.HOST, Dialect.gitLab()).grant(TOKEN, Grant.of("alice", "api"));
    team = Team.in(cluster).token("gitlab-token", hostUrl(), TOKEN);
  }

  @AfterAll
  void stop() {
    if (gitLab != null) {
      gitLab.close();
    }
    stopNode();
  }

  private void stopNode() {
    if (cluster != null) {
      cluster.close();
      cluster = null;
    }
  }

  @Test
  @Order(1)
  void chartIsAvailableInARestrictedNamespaceAndItsPodHoldsTheLease() {
    Pod pod = pods().getFirst();
    assertThat(pods()).hasSize(1);
    assertThat(container(pod))
        .returns(true, ContainerStatus::getStarted)
        .returns(true, ContainerStatus::getReady)
        .returns(0, ContainerStatus::getRestartCount);
    assertThat(leader()).isEqualTo(name(pod));
    // The JVM says there when it cannot use the cache.
    assertThat(logs(pod)).isNotBlank().doesNotContain("[aot]", "[warning]");
    assertThat(cluster.kubectl("run", "root", "-n", NAMESPACE, "--image=local/shell:1").stderr())
        .contains("violates PodSecurity \"restricted:latest\"");
  }

  @Test
  @Order(2)
  void bindsToACodeHostOnTheNetworkAndToOneInAPodByItsServicesName() throws IOException {
    team.bindGitLab("outside", hostUrl());
    cluster.node().load(images.shell());
    apply(manifest("codehost").replace("value: TOKEN", "value: " + TOKEN));
    kubectl("rollout", "status", "deployment/gitlab", "-n", team.namespace(), "--timeout=60s");
    String url = "http://gitlab.%s.svc.cluster.local/cgi-bin/gitlab".formatted(team.namespace());
    team.token("inside", url, TOKEN)
        .bind(
            "inside",
            "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: inside}"
                .formatted(url));

    team.await("outside", Phase.Bound);
    team.await("inside", Phase.Bound);
  }

  @Test
  @Order(3)
  void buildKitBuildsARepositoryWithThePublishedCredentialAndPushesItsImage() throws Exception {
    String readme = "private to the last letter";
    GitClient.repository(
        folder,
        "repositories/team/app.git",
        Map.of("README", readme, "Dockerfile", "FROM scratch\nCOPY README /README\n"));
    // As GitLab: with a personal access token, any name is right.
    gitLab.serving(
        "/team",
        new GitHttpBackend(
            folder.resolve("repositories"), "", login -> login.endsWith(":" + TOKEN)));
    cluster.node().load(images.registry());
    cluster.node().load(images.buildKit());
    apply(manifest("registry"));
    team.bind(
        "code",
        "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: gitlab-token}, publish: [ServiceBinding]"
            .formatted(hostUrl()));
    String secret =
        Objects.requireNonNull(team.await("code", status -> status.binding() != null).binding())
            .name();
    kubectl("rollout", "status", "deployment/registry", "-n", team.namespace(), "--timeout=60s");

    apply(
        manifest("build")
            .replace("SECRET", Objects.requireNonNull(secret))
            .replace("REPOSITORY", hostUrl() + "/team/app.git")
            .replace("#REF", ""));
    Team.patiently().atMost(Duration.ofMinutes(2)).until(this::buildHasEnded);
    String log = kubectl("logs", "job/build", "-n", team.namespace(), "--tail=-1").stdout();

    byte[] manifest = fromRegistry("manifests/1");
    assertThat(log.lines()).contains("pushed sha256:" + sha256(manifest));
    JsonNode layer = JsonMapper.builder().build().readTree(manifest).path("layers").path(0);
    byte[] files = fromRegistry("blobs/" + layer.path("digest").asText());
    assertThat(
            new String(
                new GZIPInputStream(new ByteArrayInputStream(files)).readAllBytes(),
                StandardCharsets.ISO_8859_1))
        .contains("README", readme);
  }

  @Test
  @Order(4)
  void deletedPodEndsInItsGraceAndAnotherGoesOn() {
    Pod pod = pods().getFirst();
    int asked = gitLab.count();
    try (Ending ending = Ending.of(cluster, pod)) {
      admin().resource(pod).delete();
      ending.await(GRACE);
      assertThat(ending.exitCode()).as("SIGTERM was heard").isIn(0, 128 + 15);
    }
    team.bindGitLab("afterwards", hostUrl()).await("afterwards", Phase.Bound);

    // Those that were bound before were not asked for again.
    assertThat(gitLab.count() - asked).isEqualTo(2);
    awaitRollout();
    assertThat(team.get("outside").getStatus().phase()).isEqualTo(Phase.Bound);
  }

  @Test
  @Order(5)
  void upgradeToTwoReplicasOfAnArbitraryUserHasNoGapAndOneActiveOperator() {
    int asked = gitLab.count();
    int bound = 0;
    try (Availability availability = Availability.watch(cluster, NAMESPACE, RELEASE)) {
      CompletableFuture<CommandResult> upgrade =
          CompletableFuture.supplyAsync(
              () ->
                  helm(
                      "upgrade",
                      "--set",
                      "replicas=2,podDisruptionBudget.enabled=true",
                      "--set",
                      "podSecurityContext.runAsUser=%1$d,podSecurityContext.runAsGroup=%1$d"
                          .formatted(ARBITRARY_USER)));
      while (!upgrade.isDone()) {
        String name = "meanwhile-" + bound++;
        team.bindGitLab(name, hostUrl()).await(name, Phase.Bound);
      }
      upgrade.join().orFail();
      assertThat(availability.least()).isPositive();
    }

    assertThat(pods()).hasSize(2).allMatch(pod -> container(pod).getReady());
    assertThat(gitLab.count() - asked).as("each binding was asked for once").isEqualTo(2 * bound);
    assertThat(operators()).hasSize(2);
    for (Map<String, String> operator : operators()) {
      assertThat(operator.get("Uid").split("\\s+")).containsOnly(Long.toString(ARBITRARY_USER));
      assertThat(operator.get("CapEff")).matches("0+");
      assertThat(operator).containsEntry("NoNewPrivs", "1").containsEntry("Seccomp", "2");
    }
  }

  @Test
  @Order(6)
  void imageHasACacheThatItsJvmTakesAndARootThatCannotBeWritten() {
    String pod = name(pods().getFirst());
    // With this mode the JVM does not start without the cache.
    kubectl(
        Stream.concat(
                Stream.of("exec", "-n", NAMESPACE, pod, "--"),
                Stream.of(
                    "/jre/bin/java @java.options -XX:AOTCache=operator.aot -XX:AOTMode=on -cp quarkus-run.jar -version"
                        .split(" ")))
            .toArray(String[]::new));
    CommandResult writing =
        cluster.kubectl(
            "exec",
            "-n",
            NAMESPACE,
            pod,
            "--",
            "/jre/bin/java",
            "-Xlog:gc:file=/operator/log",
            "-version");
    assertThat(writing.stdout() + writing.stderr()).contains("Read-only file system");
  }

  @Test
  @Order(7)
  void evictionOfTheLeaderHandsOverAndItsBudgetKeepsTheOther() throws IOException {
    String leader = leader();
    String other = pods().stream().map(NodeIT::name).filter(n -> !n.equals(leader)).findAny().get();
    Team.patiently().until(() -> disruptionsAllowed() == 1);

    evict(leader).orFail();
    assertThat(evict(other).stderr()).contains("disruption budget");

    team.bindGitLab("evicted", hostUrl()).await("evicted", Phase.Bound);

    assertThat(leader()).isNotEqualTo(leader);
    awaitRollout();
  }

  @Test
  @Order(8)
  void uninstallLeavesBindingsAndNothingElse() {
    cluster.helm("uninstall", RELEASE, "-n", NAMESPACE, "--wait", "--timeout=120s").orFail();

    Team.patiently().until(() -> pods().isEmpty());
    assertThat(
            kubectl(
                    "get",
                    "deployment,service,configmap,secret,role",
                    "-n",
                    NAMESPACE,
                    "-o",
                    "name")
                .stdout()
                .lines())
        .allMatch(name -> name.equals("configmap/kube-root-ca.crt"));
    assertThat(team.get("outside").getStatus().phase()).isEqualTo(Phase.Bound);
  }

  @Test
  @Order(9)
  void nothingOfANodeOutlivesItsEndOrAJvmThatIsKilled() throws Exception {
    assertThat(Machine.state()).isNotEqualTo(machine);
    stopNode();
    assertThat(Machine.state()).isEqualTo(machine);

    Path itsFolder;
    try (KilledJvm jvm = KilledJvm.start()) {
      itsFolder = jvm.folder();
      assertThat(Machine.processesOf(itsFolder)).as("kubelet and others").hasSizeGreaterThan(8);
    }
    Team.patiently().until(() -> Files.notExists(itsFolder));
    assertThat(Machine.processesOf(itsFolder)).isEmpty();
    assertThat(Machine.state()).isEqualTo(machine);
  }

  private CommandResult helm(String command, String... more) {
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

  /** By kubectl, as the client of Java asks again and again while the answer is 429. */
  private CommandResult evict(String pod) throws IOException {
    Path eviction = folder.resolve("eviction");
    Files.writeString(
        eviction,
        """
        {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "%s", "namespace": "%s"}}
        """
            .formatted(pod, NAMESPACE));
    return cluster.kubectl(
        "create",
        "--raw",
        "/api/v1/namespaces/%s/pods/%s/eviction".formatted(NAMESPACE, pod),
        "-f",
        eviction.toString());
  }

  private int disruptionsAllowed() {
    return admin()
        .policy()
        .v1()
        .podDisruptionBudget()
        .inNamespace(NAMESPACE)
        .withName(RELEASE)
        .require()
        .getStatus()
        .getDisruptionsAllowed();
  }

  private void awaitRollout() {
    kubectl("rollout", "status", "deployment/" + RELEASE, "-n", NAMESPACE, "--timeout=120s");
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getName();
  }

  private boolean buildHasEnded() {
    var status =
        admin()
            .batch()
            .v1()
            .jobs()
            .inNamespace(team.namespace())
            .withName("build")
            .get()
            .getStatus();
    if (status.getFailed() != null && status.getFailed() > 0) {
      throw new AssertionError(
          kubectl("logs", "job/build", "-n", team.namespace(), "--tail=-1").stdout());
    }
    return status.getSucceeded() != null && status.getSucceeded() > 0;
  }

  private static byte[] fromRegistry(String path) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://192.168.77.1:30500/v2/team/app/" + path))
                  .header("Accept", "application/vnd.oci.image.manifest.v1+json")
                  .header("Accept", "application/vnd.docker.distribution.manifest.v2+json")
                  .timeout(Duration.ofSeconds(20))
                  .build(),
              BodyHandlers.ofByteArray())
          .body();
    }
  }

  private static String sha256(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  private String hostUrl() {
    return gitLab.url(Node.HOST);
  }

  /** Oldest first; without those that end. */
  private List<Pod> pods() {
    return admin()
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/instance", RELEASE)
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  private static ContainerStatus container(Pod pod) {
    return pod.getStatus().getContainerStatuses().getFirst();
  }

  /** The processes of the pods, as the machine has them (proc_pid_status(5)). */
  private static List<Map<String, String>> operators() {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process.info().commandLine().orElse("").startsWith("/jre/bin/java @java.options"))
        .map(process -> statusOf(process.pid()))
        .toList();
  }

  private static Map<String, String> statusOf(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .map(line -> line.split(":\\s*", 2))
          .collect(Collectors.toMap(line -> line[0], line -> line[1]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String leader() {
    return admin()
        .leases()
        .inNamespace(NAMESPACE)
        .withName(RELEASE)
        .require()
        .getSpec()
        .getHolderIdentity();
  }

  private String logs(Pod pod) {
    return kubectl("logs", "-n", NAMESPACE, name(pod)).stdout();
  }

  private static String manifest(String name) throws IOException {
    return Files.readString(MANIFESTS.resolve(name + ".yaml"));
  }

  private void apply(String yaml) {
    cluster.apply(yaml, "-n", team.namespace()).orFail();
  }

  private CommandResult kubectl(String... arguments) {
    return cluster.kubectl(arguments).orFail();
  }

  private KubernetesClient admin() {
    return cluster.admin();
  }
}
