package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.credential.SecretData;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts and restarts of one operator, for all namespaces and for a list of them. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeveralNamespacesIT {

  private static final String SPEC =
      "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: gitlab-token},"
          + " publish: [Flux], whenUnbound: Withdraw";

  private final Cluster cluster;
  private final LoopbackCodeHost gitLab =
      LoopbackCodeHost.http(Dialect.gitLab()).grant("glpat-good", Grant.of("alice", "api"));

  SeveralNamespacesIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @AfterAll
  void stop() {
    gitLab.close();
  }

  @Test
  void secretsOfAllNamespacesAreKnownAfterAStart() {
    List<Team> teams = Stream.generate(() -> Team.in(cluster)).limit(3).toList();
    String namespaces = teams.stream().map(Team::namespace).collect(Collectors.joining(","));
    Installation installation =
        Installation.allowingLoopback(cluster, "--set", "watchNamespaces={" + namespaces + "}");
    teams.forEach(
        team ->
            team.token("gitlab-token", gitLab.url(), "glpat-good")
                .bind("b", SPEC.formatted(gitLab.url())));
    for (int i = 0; i < 30; i++) {
      teams
          .getFirst()
          .secret("large-" + i, "codesource.dev/token", Map.of("token", "x".repeat(1_000_000)));
    }

    try (OperatorProcess operator = installation.startInChartsMemory()) {
      teams.forEach(team -> team.await("b", Phase.Bound));
      assertThat(operator.liveHeap()).isLessThan(90L << 20);
    }
    List<String> published = teams.stream().map(SeveralNamespacesIT::published).toList();
    try (OperatorProcess operator = installation.startInChartsMemory()) {
      for (Team team : teams) {
        team.request("b", "again")
            .await("b", status -> "again".equals(status.lastHandledRequestedAt()));
        team.await("b", Phase.Bound);
      }
      assertThat(teams.stream().map(SeveralNamespacesIT::published).toList()).isEqualTo(published);
      operator.terminate(Duration.ofSeconds(20));
    }
  }

  /**
   * However the operator is started: what nobody has changed stays, and what was changed while it
   * was away is found.
   *
   * @param watched the number of namespaces in the chart's values; 0: all are watched
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void aRestartWithdrawsNothingAndFindsWhatWasChangedMeanwhile(int watched) {
    List<Team> teams =
        Stream.generate(() -> Team.in(cluster)).limit(watched == 0 ? 3 : watched).toList();
    String namespaces = teams.stream().map(Team::namespace).collect(Collectors.joining(","));
    Installation installation =
        watched == 0
            ? Installation.allowingLoopback(cluster)
            : Installation.allowingLoopback(
                cluster, "--set", "watchNamespaces={" + namespaces + "}");
    teams.forEach(
        team ->
            team.token("gitlab-token", gitLab.url(), "glpat-good")
                .bind("b", SPEC.formatted(gitLab.url())));
    try (OperatorProcess operator = installation.start(Map.of())) {
      teams.forEach(team -> team.await("b", Phase.Bound));
      operator.terminate(Duration.ofSeconds(20));
    }
    List<String> published = teams.stream().map(SeveralNamespacesIT::published).toList();

    try (OperatorProcess operator = installation.start(Map.of())) {
      verifyAgain(teams);
      assertThat(teams.stream().map(SeveralNamespacesIT::published).toList()).isEqualTo(published);
      operator.terminate(Duration.ofSeconds(20));
    }

    gitLab.grant("glpat-next", Grant.of("alice", "api"));
    teams.getFirst().token("gitlab-token", gitLab.url(), "glpat-next");
    try (OperatorProcess operator = installation.start(Map.of())) {
      Team.patiently().until(() -> password(teams.getFirst()).equals("glpat-next"));
      verifyAgain(teams);
      assertThat(teams.stream().map(SeveralNamespacesIT::published).toList()).isEqualTo(published);
      assertThat(teams.stream().skip(1).map(SeveralNamespacesIT::password))
          .allMatch("glpat-good"::equals);
      operator.terminate(Duration.ofSeconds(20));
    }
  }

  /** What the informers have missed is no reason to take anything away. */
  @Test
  void anEmptyListOfSecretsWithdrawsNothing() throws IOException {
    Team team = Team.in(cluster).token("gitlab-token", gitLab.url(), "glpat-good");
    Installation installation = Installation.allowingLoopback(cluster);
    try (OperatorProcess operator = installation.start(Map.of())) {
      team.bind("b", SPEC.formatted(gitLab.url())).await("b", Phase.Bound);
      operator.terminate(Duration.ofSeconds(20));
    }
    String published = published(team);

    try (ForgetfulApiServer forgetful = ForgetfulApiServer.before(installation.kubeconfig());
        OperatorProcess operator =
            OperatorProcess.run(forgetful.kubeconfig(), installation.environment()).awaitReady()) {
      team.request("b", "again")
          .await("b", status -> "again".equals(status.lastHandledRequestedAt()));
      team.await("b", Phase.Bound);
      assertThat(forgetful.emptyLists()).isPositive();
      assertThat(published(team)).isEqualTo(published);
      operator.terminate(Duration.ofSeconds(20));
    }
  }

  private static void verifyAgain(List<Team> teams) {
    String now = Long.toString(System.nanoTime());
    for (Team team : teams) {
      team.request("b", now).await("b", status -> now.equals(status.lastHandledRequestedAt()));
      team.await("b", Phase.Bound);
    }
  }

  private static String password(Team team) {
    return SecretData.text(team.published().getFirst(), "password").orElse("");
  }

  private static String published(Team team) {
    return team.published().stream()
        .map(secret -> secret.getMetadata().getUid())
        .collect(Collectors.joining(" ", team.namespace() + " ", ""));
  }
}
