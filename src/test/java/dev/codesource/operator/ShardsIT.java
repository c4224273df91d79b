package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.runtime.Shard;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two shards, their number changed and changed back. Each test goes on where the one before left.
 */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShardsIT {

  private static final String LEASE = "--set=leaderElection.leaseName=shards";

  private final Cluster cluster;
  private final LoopbackCodeHost gitLab =
      LoopbackCodeHost.http(Dialect.gitLab()).grant("glpat-good", Grant.of("alice", "api"));
  private final Team team;
  private final List<OperatorProcess> pods = new ArrayList<>();
  private OperatorProcess whole;
  private OperatorProcess first;
  private OperatorProcess second;

  ShardsIT(Cluster cluster) {
    this.cluster = cluster;
    this.team = Team.in(cluster).token("gitlab-token", gitLab.url(), "glpat-good");
  }

  @AfterAll
  void stop() {
    pods.forEach(OperatorProcess::close);
    gitLab.close();
  }

  private Installation installed(int shards) {
    return Installation.allowingLoopback(cluster, LEASE, "--set", "shards=" + shards);
  }

  private OperatorProcess keep(OperatorProcess pod) {
    pods.add(pod);
    return pod;
  }

  @Test
  @Order(1)
  void aShardThatIsNewWaitsForTheOneThatHasItsBindings() {
    create("moving", "1");
    whole = keep(installed(1).start(Map.of("HOSTNAME", "whole")));
    team.await("moving", Phase.Bound);

    Installation two = installed(2);
    second = keep(two.startShard(1, Map.of("HOSTNAME", "second")).awaitReady());
    Team.patiently().until(() -> logs(second, "second_of_2 leads from now on"));

    verifyAgain("moving", "while both run");
    assertThat(reporters("moving")).containsOnly("whole");
    assertThat(second.get("/metrics")).doesNotContain("codesource_verifications_total{");

    first = keep(two.startWithoutWaiting(Map.of("HOSTNAME", "first")).awaitReady());
    whole.terminate(Duration.ofSeconds(20));
    Team.patiently().until(() -> logs(second, "works from now on, on shard 1 of 2"));
    Team.patiently().until(() -> logs(first, "works from now on, on shard 0 of 2"));
  }

  @Test
  @Order(2)
  void eachWorksOnItsOwnAndTheFirstOnWhatHasNoOwner() {
    int before = verifications(first) + verifications(second);
    team.createGitLab("unlabelled", gitLab.url()).await("unlabelled", Phase.Bound);
    create("mine", "1").await("mine", Phase.Bound);
    create("beyond", "7").await("beyond", Phase.Bound);
    create("odd", "blue").await("odd", Phase.Bound);

    assertThat(reporters("unlabelled")).containsExactly("first");
    assertThat(reporters("mine")).containsExactly("second");
    assertThat(reporters("beyond")).containsExactly("first");
    assertThat(reporters("odd")).containsExactly("first");
    assertThat(verifications(first) + verifications(second)).isEqualTo(before + 4);
  }

  @Test
  @Order(3)
  void aLabelMovesABindingAndItsProofGoesWithIt() {
    int asked = gitLab.count();
    label("unlabelled", "1");
    Team.patiently()
        .until(
            () ->
                second
                    .get("/metrics")
                    .contains(
                        "codesource_bindings{phase=\"Bound\",platform=\"GitLab\",shard=\"1\"}"
                            + " 3.0"));
    assertThat(gitLab.count()).as("the proof is fresh").isEqualTo(asked);

    int before = verifications(second);
    verifyAgain("unlabelled", "by its new owner");
    assertThat(verifications(second)).isEqualTo(before + 1);
  }

  @Test
  @Order(4)
  void theFirstDoesNotBeginWhileAShardThatIsNoMoreStillWorks() {
    OperatorProcess one = keep(installed(1).start(Map.of("HOSTNAME", "one")));
    first.terminate(Duration.ofSeconds(20));
    Team.patiently().until(() -> logs(one, "one leads from now on"));

    Awaitility.await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(10))
        .until(() -> !logs(one, "one works from now on"));
    int before = verifications(second);
    verifyAgain("mine", "in between");
    assertThat(verifications(second)).isEqualTo(before + 1);

    second.terminate(Duration.ofSeconds(20));
    Team.patiently().until(() -> logs(one, "one works from now on, on shard 0 of 1"));
    verifyAgain("mine", "at the end");
    assertThat(verifications(one)).isEqualTo(1);
  }

  private Team create(String name, String shard) {
    return team.createGitLab(name, gitLab.url(), "gitlab-token", Map.of(Shard.LABEL, shard));
  }

  private void label(String binding, String shard) {
    team.resource(binding)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"labels\":{\"%s\":\"%s\"}}}".formatted(Shard.LABEL, shard));
  }

  private void verifyAgain(String binding, String value) {
    team.request(binding, value)
        .await(binding, status -> value.equals(status.lastHandledRequestedAt()));
  }

  private List<String> reporters(String binding) {
    return team.events(binding).stream().map(Event::getReportingInstance).distinct().toList();
  }

  private static boolean logs(OperatorProcess pod, String words) {
    return pod.log().stream().anyMatch(line -> line.contains(words));
  }

  /** How many the process has made since its start. */
  private static int verifications(OperatorProcess pod) {
    return pod.get("/metrics")
        .lines()
        .filter(line -> line.startsWith("codesource_verifications_total{"))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
