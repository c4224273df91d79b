package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The life of a binding: bound, kept, changed, asked for, suspended. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BoundIT {

  private final Cluster cluster;
  private OperatorProcess operator;
  private LoopbackCodeHost gitLab;
  private Team team;

  BoundIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void startOperator() {
    operator = OperatorProcess.start(Installation.of(cluster).kubeconfig(), Map.of());
  }

  @AfterAll
  void stopOperator() {
    operator.close();
  }

  @BeforeEach
  void startCodeHost() {
    gitLab = LoopbackCodeHost.http(Dialect.gitLab()).grant("glpat-good", Grant.of("alice", "api"));
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), "glpat-good");
  }

  @AfterEach
  void stopCodeHost() {
    gitLab.close();
  }

  @Test
  void aGitLabBindingBecomesBoundWithOneStatusWrite() {
    team.bindGitLab("gitlab", gitLab.url());

    BindingStatus status = team.await("gitlab", Phase.Bound);

    assertThat(status.url()).isEqualTo(gitLab.url());
    assertThat(status.account()).extracting(BindingStatus.Account::username).isEqualTo("alice");
    assertThat(status.scopes()).containsExactly("api");
    assertThat(gitLab.count()).isEqualTo(2);
    CodeSourceBinding binding = team.get("gitlab");
    assertThat(binding.getMetadata().getManagedFields())
        .filteredOn(entry -> "status".equals(entry.getSubresource()))
        .singleElement()
        .returns("code-source-operator", entry -> entry.getManager());
  }

  @Test
  void aChangedSecretIsVerifiedAtOnce() {
    team.bindGitLab("gitlab", gitLab.url()).await("gitlab", Phase.Bound);

    team.token("gitlab-token", gitLab.url(), "glpat-wrong");
    team.await("gitlab", Reason.TokenRejected);

    team.token("gitlab-token", gitLab.url(), "glpat-good");
    team.await("gitlab", Reason.Bound);
  }

  @Test
  void anOutageKeepsTheBindingBoundAndSaysSo() {
    team.bindGitLab("gitlab", gitLab.url()).await("gitlab", Phase.Bound);

    gitLab.answering((asked, grants) -> Answer.html(502, "<h1>Bad gateway</h1>"));
    team.request("gitlab", "1");

    BindingStatus status =
        team.await(
            "gitlab",
            found ->
                Team.condition(found, ConditionType.Reachable)
                    .getReason()
                    .equals(Reason.ServerError.name()));
    assertThat(status.phase()).isEqualTo(Phase.Bound);
    assertThat(status.lastHandledRequestedAt()).isEqualTo("1");
  }

  @Test
  void aRequestIsAnsweredWithItsOwnWord() {
    team.bindGitLab("gitlab", gitLab.url()).await("gitlab", Phase.Bound);
    int before = gitLab.count();

    team.request("gitlab", "2026-03-01T12:00:00Z");

    team.await("gitlab", found -> "2026-03-01T12:00:00Z".equals(found.lastHandledRequestedAt()));
    assertThat(gitLab.count()).isEqualTo(before + 2);
  }

  @Test
  void whatIsSuspendedIsNotAskedFor() {
    team.bindGitLab("gitlab", gitLab.url()).await("gitlab", Phase.Bound);
    cluster
        .kubectl(
            "-n",
            team.namespace(),
            "patch",
            "csb/gitlab",
            "--type=merge",
            "-p",
            "{\"spec\":{\"suspend\":true}}")
        .orFail();
    team.await("gitlab", Phase.Suspended);
    int before = gitLab.count();

    team.token("gitlab-token", gitLab.url(), "glpat-wrong");
    team.request("gitlab", "now");

    Awaitility.await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(15))
        .until(() -> gitLab.count() == before);
    assertThat(team.get("gitlab").getStatus())
        .extracting(BindingStatus::phase)
        .isEqualTo(Phase.Suspended);
  }

  @Test
  void nothingIsWrittenWhenNothingChanged() {
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: bob, tokenSecretRef: {name: gitlab-token}"
            .formatted(gitLab.url()));
    team.await("gitlab", Reason.UsernameMismatch);
    String version = team.get("gitlab").getMetadata().getResourceVersion();
    int before = gitLab.count();

    // The same content in a new version of the Secret: looked at, found the same, not written.
    cluster.kubectl("-n", team.namespace(), "label", "secret/gitlab-token", "touched=yes").orFail();

    Awaitility.await().until(() -> gitLab.count() > before);
    Awaitility.await()
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(15))
        .until(() -> team.get("gitlab").getMetadata().getResourceVersion().equals(version));
  }
}
