package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.CommandResult;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The doctor as its users have it: by its archive, beside the operator. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DoctorIT {

  private static final String TOKEN = "glpat-0123456789abcdefghij";

  /** A name that this machine and the operator have another address for. */
  private static final String NAME = "localhost";

  private final Cluster cluster;
  private PluginArchive plugin;
  private OperatorProcess operator;
  private LoopbackCodeHost host;
  private Team team;
  private String said = "";

  DoctorIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    plugin = PluginArchive.install(folder);
    // Nothing listens at that address.
    Path hosts =
        Files.writeString(folder.resolve("hosts"), "127.0.0.9 %s\n".formatted(NAME))
            .toAbsolutePath();
    operator =
        OperatorProcess.start(
            Installation.of(cluster).kubeconfig(),
            Map.of("JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + hosts));
    host = LoopbackCodeHost.http(Dialect.gitLab()).grant(TOKEN, Grant.of("alice", "api"));
  }

  @AfterAll
  void stop() {
    operator.close();
    host.close();
  }

  @AfterEach
  void noTokenIsShown() {
    assertThat(said).isNotEmpty().doesNotContain("glpat");
  }

  @Test
  @Order(1)
  void nothingIsSaidAgainstWhatWorks() {
    team = Team.in(cluster).token("gitlab-token", host.url(), TOKEN);
    team.bindGitLab("gitlab", host.url()).await("gitlab", Phase.Bound);

    CommandResult result = doctor("gitlab --with-token --fail-on=warning");

    assertThat(result.exit()).as(said).isZero();
    assertThat(result.stdout())
        .contains("✔ Answer            It has verified the binding now.\n")
        .contains("✔ TokenFromHere     The host accepts it: it is of alice, has the scopes api,")
        .endsWith("\nNothing is wrong.\n");
  }

  @Test
  @Order(2)
  void aTokenThatTheHostRefusesIsTheCause() {
    team = Team.in(cluster).token("gitlab-token", host.url(), "glpat-wrong-0123456789abc");
    team.bindGitLab("gitlab", host.url()).await("gitlab", Reason.TokenRejected);

    CommandResult result = doctor("gitlab --with-token");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stdout())
        .contains("✗ TokenFromHere     TokenRejected: From here it is the same")
        .contains(Reason.TokenRejected.remedy())
        .endsWith("First cause: TokenRejected\n");
  }

  /** As a NetworkPolicy would have it: the host answers this machine, and not the operator. */
  @Test
  @Order(2)
  void aHostThatAnswersHereOnlyIsSoughtOnTheOperatorsSide() {
    team = Team.in(cluster).token("gitlab-token", host.url(NAME), TOKEN);
    team.bindGitLab("gitlab", host.url(NAME)).await("gitlab", Reason.ConnectionRefused);

    CommandResult result = doctor("gitlab");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stdout())
        .contains("✔ HostFromHere ")
        .contains("answers this machine, and not the operator")
        .contains("kubectl get networkpolicies")
        .endsWith("First cause: ConnectionRefused\n");
  }

  @Test
  @Order(2)
  void aSecretThatIsMissingIsTheCause() {
    team = Team.in(cluster);
    team.bindGitLab("gitlab", host.url()).await("gitlab", Reason.SecretNotFound);

    CommandResult result = doctor("gitlab");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stdout())
        .contains("kubectl create secret generic gitlab-token")
        .contains("✗ SecretFromHere    SecretNotFound: From here it is the same")
        .endsWith("First cause: SecretNotFound\n");
  }

  @Test
  @Order(3)
  void anInstallationIsCheckedWithTheRightsOfItsUser() {
    team = Team.in(cluster);
    cluster
        .admin()
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("nobody")
                .withNamespace(team.namespace())
                .endMetadata()
                .build())
        .create();
    Path nobody = cluster.kubeconfigFor(team.namespace(), "nobody").toAbsolutePath();

    CommandResult result = run("install --check --kubeconfig=" + nobody);

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stdout())
        .contains("You are system:serviceaccount:" + team.namespace() + ":nobody.")
        .contains("cluster-roles-missing", "Set crds.install to false");
    assertThat(run("install --check").stdout())
        .contains("✔ ClusterRoles ", "✔ AdmissionPolicies ", "✔ Rights ");
  }

  @Test
  @Order(4)
  void withoutAnOperatorThatIsTheCause() {
    team = Team.in(cluster).token("gitlab-token", host.url(), TOKEN);
    operator.close();
    team.createGitLab("gitlab", host.url());

    CommandResult result = doctor("gitlab --timeout=3s --with-token");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stdout())
        .contains("✔ TokenFromHere ")
        .contains("The operator did not verify gitlab within 3 s.")
        .endsWith("First cause: operator-not-running\n");
  }

  private CommandResult doctor(String arguments) {
    return run("doctor " + arguments);
  }

  private CommandResult run(String arguments) {
    CommandResult result =
        plugin.run(cluster, "kubectl codesource -n %s %s".formatted(team.namespace(), arguments));
    said = result.stdout() + result.stderr();
    return result;
  }
}
