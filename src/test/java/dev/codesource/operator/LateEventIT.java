package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class LateEventIT {

  private final Cluster cluster;

  LateEventIT(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * The Operator SDK drops events that are older than the operator's own write of the status. The
   * answer to that write is then the only place where the change is seen.
   */
  @Test
  void aSpecThatChangesWhileTheStatusIsWrittenIsVerifiedAlthoughItsEventIsLost()
      throws IOException, InterruptedException {
    Installation installation = Installation.allowingLoopback(cluster);
    try (LoopbackCodeHost gitLab =
            LoopbackCodeHost.http(Dialect.gitLab()).grant("glpat-good", Grant.of("alice", "api"));
        LateApiServer late = LateApiServer.before(installation.kubeconfig());
        OperatorProcess operator =
            OperatorProcess.run(late.kubeconfig(), installation.environment()).awaitReady()) {
      Team team = Team.in(cluster).token("gitlab-token", gitLab.url(), "glpat-good");
      team.bindGitLab("b", gitLab.url());
      late.awaitStatusWrite();
      late.holdEventsBack();
      cluster
          .kubectl(
              "-n",
              team.namespace(),
              "patch",
              "csb/b",
              "--type=merge",
              "-p",
              "{\"spec\":{\"username\":\"bob\"}}")
          .orFail();
      late.letStatusesBeWritten();

      BindingStatus status = team.await("b", Reason.UsernameMismatch);

      assertThat(status.observedGeneration()).isEqualTo(2);
      operator.killHard();
    }
  }
}
