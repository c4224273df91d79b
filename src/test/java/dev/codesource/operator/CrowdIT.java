package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.AuditEvent;
import dev.codesource.cluster.AuditTail;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** More bindings of a slow host than are reconciled at once, when the operator starts. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrowdIT {

  private static final int BINDINGS = 120;

  /** With one request at once, 34 are let in; all of them take 24 s. */
  private static final Duration LATENCY = Duration.ofMillis(100);

  private final Cluster cluster;
  private final LoopbackCodeHost slow = gitLab();
  private final LoopbackCodeHost quick = gitLab();
  private final Team team;
  private final Installation installation;

  CrowdIT(Cluster cluster) {
    this.cluster = cluster;
    this.installation =
        Installation.allowingLoopback(cluster, "--set", "operator.host.concurrency=1");
    this.team =
        Team.in(cluster)
            .token("slow", slow.url(), "glpat-good")
            .token("quick", quick.url(), "glpat-good");
    slow.taking(LATENCY);
  }

  private static LoopbackCodeHost gitLab() {
    return LoopbackCodeHost.http(Dialect.gitLab()).grant("glpat-good", Grant.of("alice", "api"));
  }

  @AfterAll
  void stop() {
    slow.close();
    quick.close();
  }

  @Test
  void allGetTheirTurnOnceAndNobodyElseWaitsForThem() {
    IntStream.range(0, BINDINGS).forEach(i -> team.createGitLab(name(i), slow.url(), "slow"));
    AuditTail audit = cluster.auditTail();
    try (OperatorProcess operator = installation.start(Map.of())) {
      Team.patiently().until(() -> waiting(operator) > 60);
      List<String> waiting =
          IntStream.range(0, BINDINGS)
              .mapToObj(CrowdIT::name)
              .filter(name -> !team.isLookedAt(name))
              .toList();

      team.createGitLab("other", quick.url(), "quick");
      team.await("other", Phase.Bound);
      String moved = waiting.getLast();
      team.resource(moved)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"spec\":{\"url\":\"%s\",\"tokenSecretRef\":{\"name\":\"quick\"}}}"
                  .formatted(quick.url()));
      team.await(moved, Phase.Bound);
      assertThat(waiting(operator)).as("those of the slow host still do").isPositive();

      List<String> deleted = waiting.subList(waiting.size() - 21, waiting.size() - 1);
      deleted.forEach(name -> team.resource(name).delete());
      List<String> left =
          IntStream.range(0, BINDINGS)
              .mapToObj(CrowdIT::name)
              .filter(name -> !deleted.contains(name))
              .toList();
      left.forEach(name -> team.await(name, Phase.Bound));

      assertThat(waiting(operator)).isZero();
      assertThat(slow.mostInFlight()).isEqualTo(1);
      assertThat(slow.count())
          .as("two questions for each; some of the deleted may have been asked about before")
          .isBetween(2 * (left.size() - 1), 2 * BINDINGS);
      List<String> written = statusWrites(audit);
      assertThat(written)
          .as("one status for each; the moved one may have been asked about when it moved")
          .filteredOn(name -> left.contains(name) && !name.equals(moved))
          .doesNotHaveDuplicates()
          .hasSize(left.size() - 1);
      assertThat(written).filteredOn(moved::equals).hasSizeBetween(1, 2);
    }
  }

  private List<String> statusWrites(AuditTail audit) {
    return audit.next().stream()
        .map(AuditTail.Entry::event)
        .filter(event -> event.user().equals(Installation.user()))
        .filter(event -> event.namespace().equals(team.namespace()))
        .filter(event -> event.resource().equals("codesourcebindings"))
        .filter(event -> event.subresource().equals("status"))
        .map(AuditEvent::name)
        .toList();
  }

  private static double waiting(OperatorProcess operator) {
    return operator
        .get("/metrics")
        .lines()
        .filter(line -> line.startsWith("codesource_bindings_waiting "))
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .mapToDouble(Double::parseDouble)
        .sum();
  }

  private static String name(int i) {
    return "crowd-" + i;
  }
}
