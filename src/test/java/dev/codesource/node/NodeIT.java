package dev.codesource.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.CommandResult;
import dev.codesource.cluster.Node;
import dev.codesource.gitserver.GitClient;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.operator.AllObjects;
import dev.codesource.operator.Team;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.ServerIdentity;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
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

  private static final String NAMESPACE = NodeInstallation.NAMESPACE;
  private static final String RELEASE = NodeInstallation.RELEASE;
  private static final String TOKEN = "glpat-good";

  /** Of the repository that the operator has built, and nothing else. */
  private static final String SHOPS_TOKEN = "glpat-of-the-shop-alone";

  private static final String REGISTRY_LOGIN = "pusher:a-password-of-the-registry";
  private static final Path MANIFESTS = Path.of("src/test/resources/node");

  /** The name at which browsers find the operator's pages. */
  private static final String PAGES = "codesource.example.com";

  /** The chart's terminationGracePeriodSeconds. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** What OpenShift gives a namespace, for one. */
  private static final long ARBITRARY_USER = 1_000_660_000;

  private final CertificateAuthority authority = CertificateAuthority.root("Pages' authority");
  private Path folder;
  private Map<String, List<String>> machine;
  private NodeInstallation installation;
  private Cluster cluster;
  private LoopbackCodeHost gitLab;
  private Team team;

  @BeforeAll
  void install(@TempDir Path folder) {
    NodeInstallation.assumePossible();
    this.folder = folder;
    machine = Machine.state();
    installation = NodeInstallation.start(folder, "--set", "operator.builders={BuildKit}");
    cluster = installation.cluster();
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
    if (installation != null) {
      installation.close();
      installation = null;
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
    cluster.node().load(installation.images().shell());
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
    cluster.node().load(installation.images().registry());
    cluster.node().load(installation.images().buildKit());
    apply(manifest("registry"));
    team.bind(
        "code",
        "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: gitlab-token}, publish: [BuildKit]"
            .formatted(hostUrl()));
    team.await("code", Reason.Bound);
    String authority = URI.create(hostUrl()).getAuthority();
    kubectl("rollout", "status", "deployment/registry", "-n", team.namespace(), "--timeout=60s");
    Registry.await();

    apply(
        manifest("build")
            .replace("SECRET", "code-buildkit")
            .replace("KEY", authority.replace(':', '_'))
            .replace("AUTHORITY", authority)
            .replace("REPOSITORY", hostUrl() + "/team/app.git")
            .replace("#REF", ""));
    Team.patiently().atMost(Duration.ofMinutes(2)).until(this::buildHasEnded);
    String log = kubectl("logs", "job/build", "-n", team.namespace(), "--tail=-1").stdout();

    byte[] manifest = Registry.manifest("1");
    assertThat(log.lines()).contains("pushed " + Registry.digest(manifest));
    JsonNode layer = JsonMapper.builder().build().readTree(manifest).path("layers").path(0);
    byte[] files = Registry.blob(layer.path("digest").asText());
    assertThat(
            new String(
                new GZIPInputStream(new ByteArrayInputStream(files)).readAllBytes(),
                StandardCharsets.ISO_8859_1))
        .contains("README", readme);
  }

  /** By the operator in its pod, with the chart's permissions, as the namespace's account. */
  @Test
  @Order(4)
  void aPushBecomesAnImageInTheRegistry() throws Exception {
    GitRepository repository = GitRepository.empty(folder.resolve("pushed/group/shop.git"));
    repository.push("main", "Dockerfile", "FROM scratch\nCOPY Dockerfile /before\n");
    gitLab
        .serving(
            "/group",
            new GitHttpBackend(
                folder.resolve("pushed"),
                "",
                login -> login.endsWith(":" + SHOPS_TOKEN) || login.endsWith(":" + TOKEN)))
        .serving("/api/v4/projects", this::project)
        .grant(SHOPS_TOKEN, Grant.of("alice", "api"));
    team.token("shops-token", hostUrl(), SHOPS_TOKEN)
        .bind(
            "shop",
            "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: shops-token}, publish: [BuildKit]"
                .formatted(hostUrl()))
        .await("shop", Phase.Bound);
    cluster
        .node()
        .load(
            installation
                .images()
                .rootlessBuildKit(
                    Images.ROOTLESS_BUILDKIT,
                    "registry.%s.svc.cluster.local:5000".formatted(team.namespace())));
    apply(manifest("buildkitd"));
    kubectl("rollout", "status", "deployment/buildkitd", "-n", team.namespace(), "--timeout=60s");
    team.secret(
        "registry-login",
        "kubernetes.io/dockerconfigjson",
        Map.of(
            ".dockerconfigjson",
            "{\"auths\":{\"registry.%s.svc.cluster.local:5000\":{\"auth\":\"%s\"}}}"
                .formatted(team.namespace(), base64(REGISTRY_LOGIN))));
    apply(
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: codesource-builder}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: codesource-builder}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: codesource-operator-builder-buildkit}
        subjects: [{kind: ServiceAccount, name: codesource-builder, namespace: %1$s}]
        ---
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceTrigger
        metadata: {name: shop}
        spec:
          bindingRef: {name: shop}
          repository: group/shop
          interval: 1h
          image: registry.%1$s.svc.cluster.local:5000/team/app
          pushSecretRef: {name: registry-login}
          rules:
          - {name: main, branch: main, imageTags: ['pushed-${shortSha}']}
          builders:
          - {name: shared, buildkit: {address: 'tcp://buildkitd.%1$s.svc:1234'}}
        """
            .formatted(team.namespace()));
    trigger(status -> status.repository() != null);

    String commit = repository.push("main", "Dockerfile", "FROM scratch\nCOPY Dockerfile /after\n");
    kubectl(
        "annotate",
        "cst/shop",
        "-n",
        team.namespace(),
        "codesource.dev/requested-at=after-the-push");
    LastBuild build =
        last(trigger(status -> last(status).filter(last -> last.state().isEnd()).isPresent()))
            .orElseThrow();

    assertThat(build.state()).as(String.valueOf(build.message())).isEqualTo(BuildState.Succeeded);
    assertThat(build.sha()).isEqualTo(commit);
    byte[] manifest = Registry.manifest("pushed-" + commit.substring(0, 7));
    assertThat(build.digest()).isEqualTo(Registry.digest(manifest));
    JsonNode layer = JsonMapper.builder().build().readTree(manifest).path("layers").path(0);
    assertThat(
            new String(
                new GZIPInputStream(
                        new ByteArrayInputStream(Registry.blob(layer.path("digest").asText())))
                    .readAllBytes(),
                StandardCharsets.ISO_8859_1))
        .contains("COPY Dockerfile /after");
    assertIsNowhereButInSecrets(
        SHOPS_TOKEN,
        base64(SHOPS_TOKEN),
        base64("alice:" + SHOPS_TOKEN),
        base64("oauth2:" + SHOPS_TOKEN),
        REGISTRY_LOGIN,
        base64(REGISTRY_LOGIN));
  }

  /** Objects with what pods are made of, statuses and Events; and what all containers have said. */
  private void assertIsNowhereButInSecrets(String... canaries) throws IOException {
    Map<String, String> places = new HashMap<>(AllObjects.byKind(cluster, _ -> true));
    for (Pod pod : admin().pods().inAnyNamespace().list().getItems()) {
      places.put(
          "the log of " + name(pod),
          kubectl(
                  "logs",
                  name(pod),
                  "-n",
                  pod.getMetadata().getNamespace(),
                  "--all-containers",
                  "--tail=-1")
              .stdout());
    }
    assertThat(places.get("jobs.batch")).contains("\"codesource.dev/trigger\": \"shop\"");
    assertThat(places.keySet()).anyMatch(place -> place.startsWith("the log of shop-main-"));
    assertThat(places.keySet()).anyMatch(place -> place.startsWith("the log of " + RELEASE));
    places.forEach((place, text) -> assertThat(text).as(place).doesNotContain(canaries));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** In a pod without root, by commands of the Dockerfile, as users of its own. */
  @Test
  @Order(5)
  void aBuildKitOfTheJobsOwnRunsCommandsAndPushesEveryName() throws Exception {
    GitRepository repository = GitRepository.empty(folder.resolve("pushed/group/alone.git"));
    repository.push("main", "README", "nothing to build");
    apply(
        """
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceTrigger
        metadata: {name: alone}
        spec:
          bindingRef: {name: code}
          repository: group/alone
          interval: 1h
          image: registry.%s.svc.cluster.local:5000/team/app
          rules:
          - {name: main, branch: main, imageTags: ['alone-${shortSha}', alone]}
          builders:
          - {name: own, buildkit: {}}
        """
            .formatted(team.namespace()));
    WatchedRepository watched = WatchedRepository.of(cluster, team.namespace(), "alone");

    repository.add(Images.busybox(), "busybox");
    String commit =
        repository.push(
            "main",
            "Dockerfile",
            """
            FROM scratch
            COPY busybox /bin/busybox
            RUN ["/bin/busybox", "sh", "-c", "echo made by a command >/made && busybox chown 42:42 /made"]
            """);
    watched.look();
    BuildStatus build = watched.ended("main", commit);

    assertThat(build.state()).as(String.valueOf(build.message())).isEqualTo(BuildState.Succeeded);
    byte[] manifest = Registry.manifest("alone-" + commit.substring(0, 7));
    assertThat(build.digest())
        .isEqualTo(Registry.digest(manifest))
        .isEqualTo(Registry.digest(Registry.manifest("alone")));
    JsonNode layer = JsonMapper.builder().build().readTree(manifest).path("layers").path(1);
    assertThat(
            new String(
                new GZIPInputStream(
                        new ByteArrayInputStream(Registry.blob(layer.path("digest").asText())))
                    .readAllBytes(),
                StandardCharsets.ISO_8859_1))
        .contains("made by a command");

    // What the Job says of a build that fails, and its log.
    String broken = repository.push("main", "Dockerfile", "FROM scratch\nCOPY missing /\n");
    watched.look();
    BuildStatus failed = watched.ended("main", broken);
    assertThat(failed.state()).isEqualTo(BuildState.Failed);
    assertThat(failed.message()).contains("BackoffLimitExceeded");
    assertThat(kubectl("logs", "job/" + failed.object().name(), "-n", team.namespace()).stdout())
        .contains("\"/missing\": not found");
  }

  private void project(HttpExchange exchange) throws IOException {
    byte[] body =
        "{\"id\":42,\"path_with_namespace\":\"%1$s\",\"http_url_to_repo\":\"%2$s/%1$s.git\"}"
            .formatted(
                exchange.getRequestURI().getPath().substring("/api/v4/projects/".length()),
                hostUrl())
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static Optional<LastBuild> last(TriggerStatus status) {
    return Optional.ofNullable(status.rules()).orElse(List.of()).stream()
        .flatMap(rule -> Optional.ofNullable(rule.lastBuild()).stream())
        .findFirst();
  }

  private TriggerStatus trigger(Predicate<TriggerStatus> wanted) {
    return Team.patiently()
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                admin()
                    .resources(CodeSourceTrigger.class)
                    .inNamespace(team.namespace())
                    .withName("shop")
                    .require()
                    .getStatus(),
            status -> status != null && wanted.test(status));
  }

  @Test
  @Order(6)
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
  @Order(7)
  void upgradeToTwoReplicasOfAnArbitraryUserHasNoGapAndOneActiveOperator() throws IOException {
    ServerIdentity identity = authority.issue(PAGES);
    kubectl(
        "create",
        "secret",
        "tls",
        "pages",
        "-n",
        NAMESPACE,
        "--cert=" + Files.writeString(folder.resolve("tls.crt"), identity.certificatesPem()),
        "--key=" + Files.writeString(folder.resolve("tls.key"), identity.keyPem()));
    int asked = gitLab.count();
    int bound = 0;
    try (Availability availability = Availability.watch(cluster, NAMESPACE, RELEASE)) {
      CompletableFuture<CommandResult> upgrade =
          CompletableFuture.supplyAsync(
              () ->
                  installation.helm(
                      "upgrade",
                      "--set",
                      "replicas=2,podDisruptionBudget.enabled=true",
                      "--set",
                      "oauth.publicUrl=https://%s,oauth.tlsSecretName=pages".formatted(PAGES),
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
    // The process of a pod that is gone may end a moment later.
    Team.patiently().untilAsserted(() -> assertThat(operators()).hasSize(2));
    for (Map<String, String> operator : operators()) {
      assertThat(operator.get("Uid").split("\\s+")).containsOnly(Long.toString(ARBITRARY_USER));
      assertThat(operator.get("CapEff")).matches("0+");
      assertThat(operator).containsEntry("NoNewPrivs", "1").containsEntry("Seccomp", "2");
    }
  }

  @Test
  @Order(8)
  void everyPodServesThePagesOverTlsWithTheCertificateOfTheSecret() throws IOException {
    Path trusted = Files.writeString(folder.resolve("ca.crt"), authority.pem());
    for (Pod pod : pods()) {
      CommandResult page =
          cluster
              .node()
              .exec(
                  "sh",
                  "-c",
                  "printf 'GET / HTTP/1.1\\r\\nHost: %1$s\\r\\nConnection: close\\r\\n\\r\\n' | openssl s_client -quiet -connect %2$s:8080 -servername %1$s -CAfile %3$s -verify_hostname %1$s -verify_return_error"
                      .formatted(PAGES, pod.getStatus().getPodIP(), trusted));
      assertThat(page.stdout()).as(page.stderr()).startsWith("HTTP/1.1 404");
    }
  }

  @Test
  @Order(9)
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
  @Order(10)
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
  @Order(11)
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
        .containsExactlyInAnyOrder("configmap/kube-root-ca.crt", "secret/pages");
    assertThat(team.get("outside").getStatus().phase()).isEqualTo(Phase.Bound);
  }

  @Test
  @Order(12)
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
    Team.patiently().until(() -> Machine.processesOf(itsFolder).isEmpty());
    assertThat(Machine.state()).isEqualTo(machine);
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

  private String hostUrl() {
    return gitLab.url(Node.HOST);
  }

  private List<Pod> pods() {
    return installation.pods();
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
    return installation.kubectl(arguments);
  }

  private KubernetesClient admin() {
    return cluster.admin();
  }
}
