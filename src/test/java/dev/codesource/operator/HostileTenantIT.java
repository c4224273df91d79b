package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** A hostile tenant and a good one share the operator, which has the chart's memory. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileTenantIT {

  private static final Duration ATTACK = Duration.ofSeconds(40);
  private static final int SILENT_HOSTS = 400;
  private static final int HEAVY_HOSTS = 60;

  /** {@code make bench BENCH=hostile} measures it for longer; this machine may be busy. */
  private static final Duration BOUND_WITHIN = Duration.ofSeconds(20);

  private final Cluster cluster;
  private final Installation installation;
  private final LoopbackCodeHost shared =
      LoopbackCodeHost.http(HostileTenant.shared(Dialect.gitLab()))
          .grant("glpat-good", Grant.of("alice", "api"));

  HostileTenantIT(Cluster cluster) {
    this.cluster = cluster;
    this.installation = Installation.allowingLoopback(cluster);
  }

  @AfterAll
  void stop() {
    shared.close();
  }

  @Test
  void keepsNoOtherTenantWaitingAndDoesNotEndTheOperator() {
    shared.forgetting();
    Team good = Team.in(cluster).token("gitlab-token", shared.url(), "glpat-good");
    try (OperatorProcess operator = installation.startInChartsMemory();
        HostileTenant _ = HostileTenant.begin(cluster, shared, SILENT_HOSTS, HEAVY_HOSTS)) {
      List<Duration> times = new ArrayList<>();
      long begun = System.nanoTime();
      for (int i = 0; System.nanoTime() - begun < ATTACK.toNanos(); i++) {
        long created = System.nanoTime();
        good.createGitLab("gitlab-" + i, shared.url());
        good.await("gitlab-" + i, Phase.Bound);
        times.add(Duration.ofNanos(System.nanoTime() - created));
      }

      assertThat(times).hasSizeGreaterThan(1).allMatch(time -> time.compareTo(BOUND_WITHIN) < 0);
      assertThat(operator.isAlive()).isTrue();
      assertThat(operator.peakMemory()).isLessThan(installation.memoryLimit());
      assertThat(good.get("gitlab-0").getStatus().phase()).isEqualTo(Phase.Bound);
    }
  }
}
