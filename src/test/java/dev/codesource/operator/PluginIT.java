package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.CommandResult;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.LoopbackProxy;
import dev.codesource.testhost.ServerIdentity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The plug-in as its users have it: its archive, through the real kubectl. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PluginIT {

  private final Cluster cluster;
  private Path folder;
  private PluginArchive plugin;
  private OperatorProcess operator;
  private LoopbackCodeHost host;
  private Team team;

  PluginIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start(@TempDir Path folder) {
    this.folder = folder;
    plugin = PluginArchive.install(folder);
    operator = OperatorProcess.start(Installation.of(cluster).kubeconfig(), Map.of());
    host = LoopbackCodeHost.http(Dialect.gitLab()).grant("glpat-good", Grant.of("alice", "api"));
    team = Team.in(cluster).token("gitlab-token", host.url(), "glpat-good");
    team.bindGitLab("gitlab", host.url()).await("gitlab", Phase.Bound);
  }

  @AfterAll
  void stop() {
    operator.close();
    host.close();
  }

  @Test
  void listsByALinkAsKrewMakesIt() {
    CommandResult listed = kubectl("list").orFail();

    assertThat(listed.stdout())
        .containsPattern("gitlab +GitLab +alice +" + host.url() + " +Bound ");
    assertThat(listed.stderr()).isEmpty();
    assertThat(kubectl("list -o name").orFail().stdout())
        .contains("codesourcebinding.codesource.dev/gitlab\n");
    assertThat(kubectl("get gitlab").orFail().stdout()).contains("Status       Bound\n");
  }

  /** A class that is read from its jar costs as much time as ten of the cache. */
  @Test
  void noClassIsReadFromAJar() {
    String verbose = folder.resolve("store/verbose").toString();

    CommandResult listed =
        run(
            "sed 's/-Xlog:disable/-Xlog:class+load/' '%s' >'%s'; sh '%s' -n %s list"
                .formatted(
                    folder.resolve("store/kubectl-codesource"),
                    verbose,
                    verbose,
                    team.namespace()));

    assertThat(listed.orFail().stdout())
        .contains("picocli.CommandLine source: shared objects file")
        .doesNotContain("source: file:");
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(kubectl("version").orFail().stdout())
        .matches("Plug-in   [0-9.]+\nCluster   codesource.dev/v1alpha1\n");
  }

  @Test
  void theManifestForKrewHasTheDigestOfTheArchive() throws IOException {
    Matcher archive =
        Pattern.compile("uri: https://example.com/releases/(\\S+)\n").matcher(plugin.manifest());
    assertThat(archive.find()).isTrue();

    CommandResult digest =
        CommandResult.of(
            List.of("sha256sum", plugin.file(archive.group(1)).toString()), Map.of(), "");

    assertThat(plugin.manifest())
        .contains("sha256: " + digest.orFail().stdout().split(" ")[0] + "\n");
  }

  @Test
  void whoMayNotIsToldSoByItsOwnCode() {
    Path nobody = serviceAccount("nobody");

    CommandResult refused = kubectl("list --kubeconfig=" + nobody);

    assertThat(refused.exit()).isEqualTo(4);
    assertThat(refused.stdout()).isEmpty();
    assertThat(refused.stderr())
        .contains("cannot list resource \"codesourcebindings\"")
        .contains("Ask whoever manages access");
  }

  @Test
  void impersonatesAsKubectlDoes() {
    CommandResult refused = kubectl("list --as=eve --as-group=guests");

    assertThat(refused.exit()).isEqualTo(4);
    assertThat(refused.stderr()).contains("User \"eve\" cannot list");
  }

  /** With the namespace of its context, too. */
  @Test
  void aTokenInTheKubeconfigIsUsed() {
    Path viewer = viewer("by-token");

    assertThat(run("kubectl codesource list -o name --kubeconfig=" + viewer).orFail().stdout())
        .contains("codesourcebinding.codesource.dev/gitlab\n");
  }

  @Test
  void aClientCertificateInTheKubeconfigIsUsed() throws IOException {
    ServerIdentity carol = cluster.clientCertificate("carol");
    Path byCertificate =
        Files.writeString(
            folder.resolve("certificate.kubeconfig"),
            Files.readString(viewer("by-certificate"))
                .replaceFirst(
                    "token: \\S+",
                    "{client-certificate-data: %s, client-key-data: %s}"
                        .formatted(base64(carol.certificatesPem()), base64(carol.keyPem()))));
    String list = "kubectl codesource list -o name --kubeconfig=" + byCertificate;

    CommandResult refused = run(list);
    assertThat(refused.exit()).isEqualTo(4);
    assertThat(refused.stderr()).contains("User \"carol\" cannot list");

    cluster
        .kubectl(
            "create",
            "rolebinding",
            "carol",
            "--role=by-certificate",
            "--user=carol",
            "--namespace=" + team.namespace())
        .orFail();
    assertThat(run(list).orFail().stdout()).contains("codesourcebinding.codesource.dev/gitlab\n");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Of a company in which the API server is reached by a proxy only. */
  @Test
  void aProxyInTheKubeconfigIsUsed() throws IOException {
    try (LoopbackProxy proxy = LoopbackProxy.start()) {
      Path byProxy =
          Files.writeString(
              folder.resolve("proxy.kubeconfig"),
              Files.readString(viewer("by-proxy"))
                  .replaceFirst("( +)server: ", "$1proxy-url: " + proxy.url() + "\n$0"));

      assertThat(run("kubectl codesource list -o name --kubeconfig=" + byProxy).orFail().stdout())
          .contains("codesourcebinding.codesource.dev/gitlab\n");
      assertThat(proxy.heads()).isNotEmpty().allMatch(head -> head.startsWith("CONNECT "));
    }
  }

  @Test
  void aTriggerIsMadeAndExplained() {
    CommandResult made =
        kubectl(
            "trigger create shop --binding gitlab --repository group/missing --branch main --tag 'v(?<version>[0-9.]+)' --image registry.example.com/shop --buildkit --timeout 3m");

    assertThat(made.exit()).isEqualTo(1);
    assertThat(made.stdout()).startsWith("Failed (RepositoryNotFound): ");
    assertThat(made.stderr()).contains("The builder needs a Secret").contains("[\"BuildKit\"]");
    assertThat(kubectl("trigger explain shop main").orFail().stdout())
        .isEqualTo("RULE   IMAGES\nmain   registry.example.com/shop:main-0123456\n");
    assertThat(
            kubectl("trigger create other --binding gitlab --repository a/b --branch x -o yaml")
                .orFail()
                .stdout())
        .contains("kind: CodeSourceTrigger\n")
        .contains("  repository: a/b\n");
    assertThat(
            kubectl(
                    "trigger create other --binding gitlab --repository a/b --branch x --buildkit --dry-run")
                .stderr())
        .contains("Shipwright, kpack and BuildKit need image");
  }

  /** As kubectl's own completion asks for them. */
  @Test
  void kubectlCompletesCommandsAndNames() {
    run("kubectl codesource completion --install \"$(dirname \"$(command -v kubectl-codesource)\")\"")
        .orFail();

    assertThat(run("kubectl __complete codesource un").orFail().stdout())
        .startsWith("unbind\tDelete a binding.")
        .endsWith(":4\n");
    assertThat(
            run("kubectl __complete codesource get -n %s ''".formatted(team.namespace()))
                .orFail()
                .stdout()
                .lines())
        .contains("gitlab")
        .endsWith(":4");
  }

  @Test
  void whereThereIsNoConsoleThePageSaysSo() {
    CommandResult page = kubectl("page gitlab");

    assertThat(page.exit()).isEqualTo(1);
    assertThat(page.stderr()).contains("console.enabled");
    assertThat(kubectl("page gitlab --url=https://codesource.example.com").orFail().stdout())
        .isEqualTo(
            "https://codesource.example.com/ns/%s/bindings/gitlab\n".formatted(team.namespace()));
  }

  @Test
  void anExecPlugInOfTheKubeconfigIsRun() throws IOException {
    Path viewer = viewer("by-exec");
    String text = Files.readString(viewer);
    String token = text.replaceFirst("(?s).*token: (\\S+).*", "$1");
    Path credential =
        Files.writeString(
            folder.resolve("credential.json"),
            "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\"}}"
                .formatted(token));
    Path byExec =
        Files.writeString(
            folder.resolve("exec.kubeconfig"),
            text.replaceFirst(
                "token: \\S+",
                "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: IfAvailable, command: cat, args: ['%s']}"
                    .formatted(credential)));

    assertThat(run("kubectl codesource list -o name --kubeconfig=" + byExec).orFail().stdout())
        .contains("codesourcebinding.codesource.dev/gitlab\n");
  }

  /** A token that is refused changes nothing, and a proven one is what the Secret then has. */
  @Test
  void bindsChecksRotatesAndUnbinds() {
    CommandResult bound =
        withToken(
            "glpat-good",
            "bind second --platform gitlab --url %s -u alice --token-stdin --publish Flux"
                .formatted(host.url()));
    assertThat(bound.orFail().stdout())
        .isEqualTo("Bound: The access of alice to %s is proven.\n".formatted(host.url()));
    assertThat(kubectl("check second").orFail().stdout()).startsWith("Bound: ");

    CommandResult refused = withToken("glpat-bad", "rotate second --token-stdin");

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.stdout()).startsWith("Failed (TokenRejected): ");
    assertThat(token("second-token")).isEqualTo("glpat-good");
    assertThat(team.get("second").getStatus().phase()).isEqualTo(Phase.Bound);

    host.grant("glpat-new", Grant.of("alice", "api"));
    CommandResult rotated = withToken("glpat-new", "rotate second --token-stdin").orFail();

    assertThat(rotated.stdout()).startsWith("Bound: ");
    assertThat(token("second-token")).isEqualTo("glpat-new");
    assertThat(kubectl("list -o name").orFail().stdout()).doesNotContain("rotation");
    assertThat(refused.stdout() + refused.stderr() + rotated.stdout() + rotated.stderr())
        .doesNotContain("glpat");

    CommandResult unbound = kubectl("unbind second --yes").orFail();

    assertThat(unbound.stderr()).contains("The Secret second-flux is deleted");
    Team.patiently().until(() -> secret("second-token") == null);
  }

  private CommandResult withToken(String token, String arguments) {
    return run(
        "printf %s | kubectl codesource -n %s %s".formatted(token, team.namespace(), arguments));
  }

  private String token(String name) {
    return new String(
        Base64.getDecoder().decode(secret(name).getData().get("token")), StandardCharsets.US_ASCII);
  }

  private Secret secret(String name) {
    return cluster.admin().secrets().inNamespace(team.namespace()).withName(name).get();
  }

  private CommandResult kubectl(String arguments) {
    return run("kubectl codesource -n " + team.namespace() + " " + arguments);
  }

  private CommandResult run(String line) {
    return plugin.run(cluster, line);
  }

  /** A kubeconfig of somebody who may see bindings of the team. */
  private Path viewer(String name) {
    Path kubeconfig = serviceAccount(name);
    cluster
        .apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: %1$s, namespace: %2$s}
            rules:
            - {apiGroups: [codesource.dev], resources: [codesourcebindings], verbs: [get, list]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: %1$s, namespace: %2$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s}
            subjects: [{kind: ServiceAccount, name: %1$s}]
            """
                .formatted(name, team.namespace()))
        .orFail();
    return kubeconfig;
  }

  private Path serviceAccount(String name) {
    cluster
        .admin()
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(team.namespace())
                .endMetadata()
                .build())
        .create();
    return cluster.kubeconfigFor(team.namespace(), name).toAbsolutePath();
  }
}
