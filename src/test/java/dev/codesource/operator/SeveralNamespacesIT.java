package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** One operator for a list of namespaces, in which there are large Secrets. */
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

  private static String published(Team team) {
    return team.published().stream()
        .map(secret -> secret.getMetadata().getUid())
        .collect(Collectors.joining(" ", team.namespace() + " ", ""));
  }
}
