package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.SilentProxy;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Something between the operator and the API server forgets the connections. */
@ExtendWith(ClusterExtension.class)
class SilentApiServerIT {

  /** Blind for a minute at most, and a moment to find that ordinary connections are dead, too. */
  private static final Duration SEEN_WITHIN = Duration.ofSeconds(100);

  private final Cluster cluster;

  SilentApiServerIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void whatComesAfterTheWatchesWentSilentIsSeenWithinAMinuteAndTheLeaderStays() throws IOException {
    URI apiServer = URI.create(cluster.admin().getConfiguration().getMasterUrl());
    try (SilentProxy proxy = SilentProxy.before(apiServer.getHost(), apiServer.getPort());
        OperatorProcess operator =
            OperatorProcess.start(
                through(proxy, apiServer),
                Map.of("CODESOURCE_LEADER_ELECTION_ENABLED", "true", "HOSTNAME", "first"));
        LoopbackCodeHost gitLab = LoopbackCodeHost.http(Dialect.gitLab())) {
      gitLab.grant("glpat-good", Grant.of("alice", "api"));
      Team team = Team.in(cluster).token("gitlab-token", gitLab.url(), "glpat-good");
      team.bindGitLab("before", gitLab.url()).await("before", Phase.Bound);

      assertThat(proxy.forget()).isPositive();
      team.bindGitLab("after", gitLab.url());

      Awaitility.await()
          .atMost(SEEN_WITHIN)
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () ->
                  assertThat(team.get("after").getStatus())
                      .returns(Phase.Bound, status -> Objects.requireNonNull(status).phase()));
      assertThat(operator.isAlive()).isTrue();
      assertThat(operator.status("/q/health/live")).isEqualTo(200);
      assertThat(operator.status("/q/health/ready")).isEqualTo(200);
    }
  }

  private Path through(SilentProxy proxy, URI apiServer) throws IOException {
    Path direct = Installation.of(cluster, "--set", "replicas=2").kubeconfig(); // with a Lease
    return Files.writeString(
        direct.resolveSibling("silent.kubeconfig"),
        Files.readString(direct)
            .replace(apiServer.getHost() + ":" + apiServer.getPort(), "127.0.0.1:" + proxy.port()));
  }
}
