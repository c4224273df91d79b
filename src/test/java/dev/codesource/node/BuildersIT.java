package dev.codesource.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.CommandResult;
import dev.codesource.cluster.Node;
import dev.codesource.gitserver.GitClient;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.operator.Team;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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
  private static final Path MANIFESTS = Path.of("src/test/resources/node");

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
        NodeInstallation.start(folder, "--set", "operator.address.httpsPorts={443,1025-65535}");
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
    installTekton();
  }

  private LoopbackCodeHost served(LoopbackCodeHost host) {
    // As GitLab: with a personal access token, any name is right.
    return host.grant(TOKEN, Grant.of("alice", "api"))
        .serving(
            "/team",
            new GitHttpBackend(
                folder.resolve("repositories"), "", login -> login.endsWith(":" + TOKEN)));
  }

  private void bind(String name, LoopbackCodeHost host, String secret, String publish) {
    team.bind(
            name,
            "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: %s}, publish: [%s]"
                .formatted(host.url(Node.HOST), secret, publish))
        .await(name, Phase.Bound);
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
  void shipwrightBuildsARepositoryOverHttpsAndPushesItsImage() throws Exception {
    load("shipwright-build-controller", "shipwright-image-processing");
    installation.cluster().node().load(installation.images().shipwrightGit(authority.pem()));
    installation.cluster().node().load(installation.images().registry());
    install(
        Builder.SHIPWRIGHT.install("100-namespace.yaml"),
        crds(Builder.SHIPWRIGHT),
        Builder.SHIPWRIGHT.install(
            "200-role.yaml",
            "300-rolebinding.yaml",
            "400-serviceaccount.yaml",
            "500-controller.yaml"));
    await("shipwright-build", "shipwright-build-controller");
    installation.cluster().apply(manifest("registry"), "-n", team.namespace()).orFail();
    await(team.namespace(), "registry");

    applyRetrying(manifest("shipwright"));

    JsonNode run = succeeded("buildrun.shipwright.io", "app");
    String digest = run.at("/status/output/digest").asText();
    assertThat(digest).startsWith("sha256:");
    assertThat(run.at("/status/source/git/commitSha").asText()).isEqualTo(head());
    assertThat(Registry.digest(Registry.manifest("shipwright"))).isEqualTo(digest);
  }

  @Test
  @Order(3)
  void kpackFindsTheCommitOfABranch() throws IOException {
    load("kpack-controller");
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

  /** Other values than those are of images that only builds need. */
  private static String kpack(String manifests) {
    return manifests
        .replace("#@ data.values.controller.image", "local/kpack-controller:1")
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
    StringBuilder logs = new StringBuilder();
    installation
        .kubectl("get", "pods", "-n", team.namespace(), "-o", "name")
        .stdout()
        .lines()
        .forEach(
            pod ->
                logs.append(
                    installation
                        .cluster()
                        .kubectl("logs", pod, "--all-containers", "-n", team.namespace())
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
