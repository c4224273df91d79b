package dev.codesource.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.cluster.CommandResult;
import dev.codesource.cluster.Node;
import dev.codesource.gitserver.GitClient;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.operator.Team;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.ServerIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tekton, Shipwright and kpack themselves read a private repository with the Secrets that bindings
 * published. Their controllers take half an hour to build, so {@code make test-builders} runs this
 * and {@code make test} does not; {@link BuilderCrdsIT} looks at the same objects there.
 */
@Tag("builders")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BuildersIT {

  private static final String TOKEN = "glpat-good";
  private static final String README = "private to the last letter";
  private static final String DIGEST = "sha256:" + "ab".repeat(32);
  private static final Path MANIFESTS = Path.of("src/test/resources/node");
  private static final Path SAMPLES = Path.of("deploy/samples/builds");

  /** In a manifest. */
  private static final Pattern IMAGE =
      Pattern.compile("^ *image: ([\\w./-]+:[\\w.-]+)(?: .*)?$", Pattern.MULTILINE);

  /** A run has some pods, one after the other. */
  private static final Duration RUN = Duration.ofMinutes(3);

  private Path folder;
  private NodeInstallation installation;
  private LoopbackCodeHost plain;
  private LoopbackCodeHost secure;
  private CertificateAuthority authority;
  private Team team;

  @BeforeAll
  void bind(@TempDir Path folder) throws IOException {
    NodeInstallation.assumePossible();
    this.folder = folder;
    installation =
        NodeInstallation.start(
            folder,
            "--set",
            "operator.address.httpsPorts={443,1025-65535}",
            "--set",
            "operator.builders={Tekton,Shipwright,Kpack}");
    GitClient.repository(
        folder,
        "repositories/team/app.git",
        Map.of("README", README, "Dockerfile", "FROM scratch\nCOPY README /README\n"));
    authority = CertificateAuthority.root("Team's own authority");
    plain = served(LoopbackCodeHost.httpAt(Node.HOST, Dialect.gitLab()));
    secure =
        served(
            LoopbackCodeHost.httpsAt(
                Node.HOST, Dialect.gitLab(), authority.issue(Node.HOST).sslContext()));
    team =
        Team.in(installation.cluster())
            .token("gitlab-token", plain.url(Node.HOST), TOKEN)
            .secret(
                "secure-token",
                "codesource.dev/token",
                Map.of("url", secure.url(Node.HOST), "token", TOKEN, "ca.crt", authority.pem()));
    bind("code", plain, "gitlab-token", "Tekton, Kpack");
    bind("secure", secure, "secure-token", "Tekton, Shipwright");
    installation.cluster().node().load(installation.images().shell());
    installation.cluster().node().load(installation.images().buildKit());
    installation.cluster().node().load(installation.images().registry());
    installRegistry();
    installTekton();
  }

  private LoopbackCodeHost served(LoopbackCodeHost host) {
    // As GitLab: with a personal access token, any name is right.
    return host.grant(TOKEN, Grant.of("alice", "api"))
        .serving("/team", repositories("repositories"))
        .serving("/group", repositories("pushed"))
        .serving("/api/v4/projects", exchange -> project(exchange, host.url(Node.HOST)));
  }

  private GitHttpBackend repositories(String name) {
    return new GitHttpBackend(folder.resolve(name), "", login -> login.endsWith(":" + TOKEN));
  }

  private static void project(HttpExchange exchange, String site) throws IOException {
    byte[] body =
        "{\"id\":42,\"path_with_namespace\":\"%1$s\",\"http_url_to_repo\":\"%2$s/%1$s.git\"}"
            .formatted(
                exchange.getRequestURI().getPath().substring("/api/v4/projects/".length()), site)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void bind(String name, LoopbackCodeHost host, String secret, String publish) {
    team.bind(
            name,
            "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: %s}, publish: [%s]"
                .formatted(host.url(Node.HOST), secret, publish))
        .await(name, Phase.Bound);
  }

  private void installRegistry() throws IOException {
    String host = "registry-tls.%s.svc.cluster.local".formatted(team.namespace());
    ServerIdentity identity = authority.issue(host);
    team.secret(
        "registry-tls",
        "kubernetes.io/tls",
        Map.of("tls.crt", identity.certificatesPem(), "tls.key", identity.keyPem()));
    for (String each : List.of("registry", "registry-tls")) {
      // The second adds to the first, as another who applies.
      installation
          .cluster()
          .apply(manifest(each), "-n", team.namespace(), "--server-side", "--field-manager=" + each)
          .orFail();
    }
    await(team.namespace(), "registry");
  }

  private void installTekton() {
    load("tekton-controller", "tekton-webhook", "tekton-entrypoint", "tekton-nop");
    load("tekton-workingdirinit");
    String shell = "cgr\\.dev/chainguard/busybox@sha256:[0-9a-f]+";
    install(
        Builder.TEKTON.install("100-namespace/100-namespace.yaml"),
        crds(Builder.TEKTON),
        Builder.TEKTON
            .install(
                "200-clusterrole.yaml",
                "200-role.yaml",
                "200-serviceaccount.yaml",
                "201-clusterrolebinding.yaml",
                "201-rolebinding.yaml",
                "500-webhooks.yaml",
                "config-defaults.yaml",
                "config-events.yaml",
                "config-feature-flags.yaml",
                "config-info.yaml",
                "config-leader-election-controller.yaml",
                "config-leader-election-webhook.yaml",
                "config-logging.yaml",
                "config-observability.yaml",
                "config-registry-cert.yaml",
                "config-spire.yaml",
                "config-tracing.yaml",
                "config-wait-exponential-backoff.yaml",
                "controller.yaml",
                "webhook.yaml")
            .replaceAll(shell, Images.SHELL));
    await("tekton-pipelines", "tekton-pipelines-controller", "tekton-pipelines-webhook");
  }

  @AfterAll
  void stop() {
    for (AutoCloseable each : new AutoCloseable[] {plain, secure, installation}) {
      if (each != null) {
        try {
          each.close();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  @Test
  @Order(1)
  void tektonClonesWithTheSecretOfAServiceAccountAndWithThatOfGitClonesWorkspaces()
      throws IOException {
    applyRetrying(manifest("tekton"));

    assertThat(succeeded("pipelinerun", "clone").at("/status/results/0/value").asText())
        .isEqualTo(README);
    assertThat(succeeded("taskrun", "clone-tls").at("/status/results/0/value").asText())
        .isEqualTo(README);
  }

  @Test
  @Order(2)
  void runsOfTektonThatTheOperatorStartsEndInTheStatusOfTheTriggerAsTektonEndsThem()
      throws IOException {
    GitRepository repository = repository("scripts");
    applyRetrying(manifest("tekton-runs"));
    WatchedRepository watched =
        WatchedRepository.of(installation.cluster(), team.namespace(), "scripts");

    String good = push(watched, repository, "script", "printf " + DIGEST);
    for (String rule : List.of("task", "pipeline")) {
      assertThat(ended(watched, rule, good))
          .returns(BuildState.Succeeded, BuildStatus::state)
          .returns(DIGEST, BuildStatus::digest);
    }

    String bad = push(watched, repository, "script", "exit 3");
    assertThat(watched.ended("task", bad))
        .returns(BuildState.Failed, BuildStatus::state)
        .extracting(BuildStatus::message)
        .asString()
        .contains("\"step-script\" exited with code 3");
    assertThat(watched.ended("pipeline", bad))
        .returns(BuildState.Failed, BuildStatus::state)
        .extracting(BuildStatus::message)
        .asString()
        .contains("Tasks Completed: 1 (Failed: 1, Cancelled 0)");

    String slow = push(watched, repository, "script", "sleep 600");
    for (String rule : List.of("task", "pipeline")) {
      watched.build(rule, slow, build -> build.state() == BuildState.Running);
    }
    String next = push(watched, repository, "script", "printf " + DIGEST);
    for (String rule : List.of("task", "pipeline")) {
      assertThat(watched.ended(rule, slow).state()).isEqualTo(BuildState.Cancelled);
      assertThat(ended(watched, rule, next).state()).isEqualTo(BuildState.Succeeded);
    }
    assertThat(reasons("taskruns", slow)).containsOnly("TaskRunCancelled");
    assertThat(reasons("pipelineruns", slow)).containsOnly("Cancelled");
  }

  /** Whoever reads the sample changes the values that its first lines name. */
  @Test
  @Order(3)
  void theSampleForTektonMakesAnImageOfAPush() throws Exception {
    loadImagesOf("tekton");
    GitRepository repository = repository("shop");
    WatchedRepository watched = applySample("tekton", "team-a", plain, "", registry());

    String good = push(watched, repository, "Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
    BuildStatus build = ended(watched, "main", good);
    assertThat(build.state()).as(build.message()).isEqualTo(BuildState.Succeeded);
    assertThat(build.digest())
        .isEqualTo(Registry.digest(Registry.manifest("main-" + good.substring(0, 7))));

    String bad = push(watched, repository, "Dockerfile", "FROM scratch\nCOPY missing /\n");
    BuildStatus failed = watched.ended("main", bad);
    assertThat(failed.state()).isEqualTo(BuildState.Failed);
    assertThat(log(failed)).contains("\"/missing\": not found");
  }

  @Test
  @Order(4)
  void shipwrightBuildsARepositoryOverHttpsAndPushesItsImage() throws Exception {
    load("shipwright-build-controller");
    installation
        .cluster()
        .node()
        .load(installation.images().program("shipwright-image-processing", authority.pem()));
    installation.cluster().node().load(installation.images().shipwrightGit(authority.pem()));
    install(
        Builder.SHIPWRIGHT.install("100-namespace.yaml"),
        crds(Builder.SHIPWRIGHT),
        Builder.SHIPWRIGHT.install(
            "200-role.yaml",
            "300-rolebinding.yaml",
            "400-serviceaccount.yaml",
            "500-controller.yaml"));
    await("shipwright-build", "shipwright-build-controller");

    applyRetrying(manifest("shipwright"));

    JsonNode run = succeeded("buildrun.shipwright.io", "app");
    String digest = run.at("/status/output/digest").asText();
    assertThat(digest).startsWith("sha256:");
    assertThat(run.at("/status/source/git/commitSha").asText()).isEqualTo(head());
    assertThat(Registry.digest(Registry.manifest("shipwright"))).isEqualTo(digest);
  }

  /** With Shipwright's own sample of a strategy for BuildKit. */
  @Test
  @Order(5)
  void theSampleForShipwrightMakesAnImageOfAPushAndTellsWhatShipwrightSays() throws Exception {
    String strategy =
        Builder.SHIPWRIGHT
            .file("../samples/v1beta1/buildstrategy/buildkit/buildstrategy_buildkit_cr.yaml")
            // Its image is there, under this name, and cannot be pulled.
            .replace("imagePullPolicy: Always", "imagePullPolicy: IfNotPresent");
    loadImages(strategy);
    install(strategy);
    GitRepository repository = repository("shop-of-team-b");
    WatchedRepository watched =
        applySample(
            "shipwright",
            "team-b",
            secure,
            "ca.crt: " + quoted(authority.pem()),
            "registry-tls.%s.svc.cluster.local:5443".formatted(team.namespace()));
    installation.kubectl(
        "patch",
        "cst/shop",
        "-n",
        "team-b",
        "--type=merge",
        "-p",
        "{\"spec\":{\"concurrencyPolicy\":\"Replace\"}}");

    String good = push(watched, repository, "Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
    BuildStatus build = ended(watched, "main", good);
    assertThat(build.state()).as(build.message()).isEqualTo(BuildState.Succeeded);
    assertThat(build.digest())
        .isEqualTo(Registry.digest(Registry.manifest("main-" + good.substring(0, 7))));

    repository.add(Images.busybox(), "busybox");
    String slow =
        push(
            watched,
            repository,
            "Dockerfile",
            "FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"sleep\", \"600\"]\n");
    watched.build("main", slow, each -> each.state() == BuildState.Running);
    repository.remove("Dockerfile");
    String bad = push(watched, repository, "README", "There is no Dockerfile any more.");
    assertThat(watched.ended("main", slow).state()).isEqualTo(BuildState.Cancelled);
    BuildStatus failed = watched.ended("main", bad);
    assertThat(failed.state()).isEqualTo(BuildState.Failed);
    assertThat(failed.message())
        .startsWith("DockerfileNotFound: The Dockerfile '")
        .contains("/Dockerfile' does not exist. Log: ");
    assertThat(log(failed)).contains("/Dockerfile' does not exist.");
  }

  @Test
  @Order(6)
  void kpackFindsTheCommitOfABranch() throws IOException {
    load("kpack-controller");
    for (String step : List.of("kpack-build-init", "kpack-completion")) {
      installation.cluster().node().load(installation.images().kpackStep(step));
    }
    install(
        Builder.KPACK.install("100-namespace.yaml", "priority.yaml", "config-logging.yaml"),
        crds(Builder.KPACK),
        kpack(
            Builder.KPACK.install(
                "controllerrole.yaml", "default_clusterlifecycle.yaml", "controller.yaml")));
    await("kpack", "kpack-controller");

    applyRetrying(manifest("kpack"));

    Team.patiently()
        .atMost(RUN)
        .untilAsserted(
            () ->
                assertThat(get("sourceresolver", "app").at("/status/source/git/revision").asText())
                    .isEqualTo(head()));
  }

  private void loadImagesOf(String sample) throws IOException {
    loadImages(Files.readString(SAMPLES.resolve(sample + ".yaml")));
  }

  /** What the steps of a manifest run in: made here, under the names that it has. */
  private void loadImages(String manifest) {
    Set<String> names =
        IMAGE.matcher(manifest).results().map(image -> image.group(1)).collect(Collectors.toSet());
    assertThat(names).isNotEmpty();
    for (String name : names) {
      Images images = installation.images();
      installation
          .cluster()
          .node()
          .load(
              name.startsWith("moby/buildkit:")
                  ? images.rootlessBuildKit("docker.io/" + name, registry())
                  : images.git("docker.io/" + name));
    }
  }

  private String registry() {
    return "registry.%s.svc.cluster.local:5000".formatted(team.namespace());
  }

  private GitRepository repository(String name) {
    GitRepository repository = GitRepository.empty(folder.resolve("pushed/group/" + name + ".git"));
    repository.push("main", "README", "nothing to build");
    return repository;
  }

  /**
   * As its reader does it: the token and its account, the repository, the image and its registry.
   * Beside that only the site, which here is not gitlab.com.
   *
   * @param more a line of the Secret with the token, or nothing
   */
  private WatchedRepository applySample(
      String name, String namespace, LoopbackCodeHost host, String more, String registry)
      throws IOException {
    return applySample(name, namespace, host, more, registry, UnaryOperator.identity());
  }

  private WatchedRepository applySample(
      String name,
      String namespace,
      LoopbackCodeHost host,
      String more,
      String registry,
      UnaryOperator<String> change)
      throws IOException {
    String repository = namespace.equals("team-a") ? "group/shop" : "group/shop-of-" + namespace;
    String sample =
        Files.readString(SAMPLES.resolve(name + ".yaml"))
            .replace("token: REPLACE_ME", "token: %s\n  %s".formatted(TOKEN, more))
            .replace("repository: group/shop", "repository: " + repository)
            .replace("image: registry.example.com/team-a/shop", "image: " + registry + "/team/app")
            .replace("registry.example.com", registry)
            .replace("namespace: team-a", "namespace: " + namespace)
            .replace("url: https://gitlab.com", "url: " + host.url(Node.HOST))
            .replace("platform: GitLab", "platform: GitLab\n  url: " + host.url(Node.HOST));
    installation.kubectl("create", "namespace", namespace);
    installation.cluster().apply(change.apply(sample), "--namespace", namespace).orFail();
    installation.kubectl(
        "wait", "csb/gitlab", "-n", namespace, "--for=condition=Ready", "--timeout=60s");
    return WatchedRepository.of(installation.cluster(), namespace, "shop");
  }

  private static String quoted(String text) {
    try {
      return JsonMapper.builder().build().writeValueAsString(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String push(
      WatchedRepository watched, GitRepository repository, String file, String content) {
    String commit = repository.push("main", file, content);
    watched.look();
    return commit;
  }

  /** With what the pods say, if it is not the end that one expects. */
  private BuildStatus ended(WatchedRepository watched, String rule, String commit) {
    BuildStatus build = watched.ended(rule, commit);
    if (build.state() == BuildState.Failed) {
      throw new AssertionError(build + "\n" + logs(watched.namespace()));
    }
    return build;
  }

  /** By the command that the message of a build that failed ends with. */
  private String log(BuildStatus failed) {
    String command = failed.message().replaceFirst(".* Log: kubectl ", "");
    // It fails for steps that never started, after those before them.
    return installation.cluster().kubectl(command.split(" ")).stdout();
  }

  /** Of the conditions of the runs of a commit. */
  private List<String> reasons(String kind, String commit) {
    return installation
        .kubectl(
            "get",
            kind,
            "-n",
            team.namespace(),
            "-l",
            "codesource.dev/commit=" + commit,
            "-o",
            "jsonpath={.items[*].status.conditions[?(@.type==\"Succeeded\")].reason}")
        .stdout()
        .lines()
        .flatMap(line -> Stream.of(line.split(" ")))
        .toList();
  }

  /** With the real lifecycle, a builder of one buildpack, and a base, all made here. */
  @Test
  @Order(7)
  void theSampleForKpackMakesAnImageOfAPushAndTellsWhatKpackSays() throws Exception {
    String builder = registry() + "/team/builder:1";
    String run = registry() + "/team/run:1";
    Images images = installation.images();
    Node node = installation.cluster().node();
    node.load(images.kpackBuilder(builder, run));
    node.load(images.kpackRun(run));
    // kpack and the lifecycle read them in the registry, and the kubelet has them.
    node.push(builder, Registry.HOST + "/team/builder:1");
    node.push(run, Registry.HOST + "/team/run:1");
    GitRepository repository = repository("shop-of-team-c");
    WatchedRepository watched =
        applySample(
            "kpack",
            "team-c",
            plain,
            "",
            registry(),
            yaml -> yaml.replace("paketobuildpacks/builder-jammy-base", builder));

    String good = push(watched, repository, "README", "to be built");
    BuildStatus build = ended(watched, "main", good);
    assertThat(build.state()).as(build.message()).isEqualTo(BuildState.Succeeded);
    assertThat(build.digest())
        .isEqualTo(Registry.digest(Registry.manifest("main-" + good.substring(0, 7))));

    repository.remove("README");
    String bad = push(watched, repository, "other", "The buildpack wants a README.");
    BuildStatus failed = watched.ended("main", bad);
    assertThat(failed.state()).isEqualTo(BuildState.Failed);
    assertThat(failed.message()).contains("Container build terminated with error");
    assertThat(log(failed)).contains("README");
  }

  /** Other values than those are of images that only builds need. */
  private static String kpack(String manifests) {
    return manifests
        .replace("#@ data.values.controller.image", "local/kpack-controller:1")
        .replace("#@ data.values.build_init.image", "local/kpack-build-init:1")
        .replace("#@ data.values.completion.image", "local/kpack-completion:1")
        .replaceAll("#@ data\\.values\\.[\\w.]+", "none");
  }

  private void load(String... programs) {
    for (String program : programs) {
      installation.cluster().node().load(installation.images().program(program));
    }
  }

  private static String crds(Builder builder) {
    return builder.install(
        builder.crds().stream()
            .map(file -> builder.manifests().orElseThrow().relativize(file).toString())
            .toArray(String[]::new));
  }

  private void install(String... manifests) {
    for (String each : manifests) {
      installation.cluster().apply(each, "--server-side").orFail();
    }
  }

  private void await(String namespace, String... deployments) {
    for (String deployment : deployments) {
      CommandResult rollout =
          installation
              .cluster()
              .kubectl(
                  "rollout",
                  "status",
                  "deployment/" + deployment,
                  "-n",
                  namespace,
                  "--timeout=180s");
      if (!rollout.succeeded()) {
        throw new AssertionError(
            rollout.stderr()
                + installation.cluster().kubectl("get", "pods,events", "-n", namespace).stdout()
                + installation
                    .cluster()
                    .kubectl("logs", "deployment/" + deployment, "-n", namespace)
                    .stdout());
      }
    }
  }

  /** Webhooks answer a moment after their pods are ready. */
  private void applyRetrying(String yaml) {
    Team.patiently()
        .untilAsserted(() -> installation.cluster().apply(yaml, "-n", team.namespace()).orFail());
  }

  private String manifest(String name) throws IOException {
    return Files.readString(MANIFESTS.resolve(name + ".yaml"))
        .replace("HTTP_SITE", plain.url(Node.HOST))
        .replace("HTTPS_SITE", secure.url(Node.HOST))
        .replace("NAMESPACE", team.namespace())
        .replace("REVISION", branch());
  }

  /** Waits for the end of a run. */
  private JsonNode succeeded(String kind, String name) throws IOException {
    Team.patiently()
        .atMost(RUN)
        .until(
            () -> {
              String succeeded = condition(get(kind, name));
              if (succeeded.startsWith("False")) {
                throw new AssertionError(
                    succeeded
                        + installation
                            .kubectl("get", "pods,events", "-n", team.namespace())
                            .stdout()
                        + logs());
              }
              return succeeded.startsWith("True");
            });
    return get(kind, name);
  }

  private String logs() {
    return logs(team.namespace());
  }

  private String logs(String namespace) {
    StringBuilder logs = new StringBuilder();
    installation
        .kubectl("get", "pods", "-n", namespace, "-o", "name")
        .stdout()
        .lines()
        .forEach(
            pod ->
                logs.append(
                    installation
                        .cluster()
                        .kubectl("logs", pod, "--all-containers", "-n", namespace)
                        .stdout()));
    return logs.toString();
  }

  private static String condition(JsonNode object) {
    for (JsonNode condition : object.at("/status/conditions")) {
      if (condition.path("type").asText().equals("Succeeded")) {
        return "%s %s %s"
            .formatted(
                condition.path("status").asText(),
                condition.path("reason").asText(),
                condition.path("message").asText());
      }
    }
    return "";
  }

  private JsonNode get(String kind, String name) throws IOException {
    return JsonMapper.builder()
        .build()
        .readTree(
            installation.kubectl("get", kind, name, "-n", team.namespace(), "-o", "json").stdout());
  }

  private String branch() {
    return git("symbolic-ref", "--short", "HEAD");
  }

  private String head() {
    return git("rev-parse", "HEAD");
  }

  private String git(String... arguments) {
    return CommandResult.of(
            Stream.concat(
                    Stream.of(
                        "git",
                        "-c",
                        "safe.directory=*",
                        "-C",
                        folder.resolve("repositories/team/app.git").toString()),
                    Stream.of(arguments))
                .toList(),
            Map.of(),
            "")
        .orFail()
        .stdout()
        .strip();
  }
}
