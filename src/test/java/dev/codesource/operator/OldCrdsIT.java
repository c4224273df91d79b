package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An operator that is newer than the CRDs of its cluster, which it has for itself. */
class OldCrdsIT {

  private static final String TOKEN = "glpat-good-and-long-enough";
  private static final String TRIGGERS = "codesourcetriggers.codesource.dev";

  private final Cluster cluster = Cluster.startWithoutCrds();

  @BeforeEach
  void installTheCrdOfBindingsOnly() {
    crd("codesourcebindings.codesource.dev");
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private void crd(String name) {
    cluster.kubectl("apply", "--server-side", "-f", "crds/" + name + "-v1.yml").orFail();
    cluster.kubectl("wait", "crd/" + name, "--for=condition=Established", "--timeout=30s").orFail();
  }

  @Test
  void bindingsAreServedAndTheOperatorIsRestartedWhenTheCrdOfTriggersIsThere() {
    try (LoopbackCodeHost gitLab =
            LoopbackCodeHost.http(Dialect.gitLab()).grant(TOKEN, Grant.of("alice", "api"));
        OperatorProcess operator = Installation.allowingLoopback(cluster).start(Map.of())) {
      Team team = Team.in(cluster).token("gitlab-token", gitLab.url(), TOKEN);

      team.bindGitLab("gitlab", gitLab.url());

      team.await("gitlab", Phase.Bound);
      assertThat(operator.log())
          .filteredOn(line -> line.contains("The CRD " + TRIGGERS + " is missing"))
          .hasSize(1);
      assertThat(operator.stackTraces()).isEmpty();
      assertThat(operator.status("/q/health/live")).isEqualTo(200);

      crd(TRIGGERS);

      Team.patiently().until(() -> operator.status("/q/health/live") == 503);
      assertThat(operator.isReady()).as("until the kubelet restarts it").isTrue();
    }
  }
}
