package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two pods with the chart's defaults, as during an update of one replica: the second starts while
 * the first works, and stands by. The tests go on where the one before left.
 */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LeaderIT {

  private static final int BINDINGS = 40;

  private static final String LEASE = "codesource-operator";

  private final Cluster cluster;
  private final Installation installation;
  private final List<OperatorProcess> replicas = new ArrayList<>();
  private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();
  private final AtomicInteger mostForOne = new AtomicInteger();
  private OperatorProcess first;
  private OperatorProcess second;
  private OperatorProcess third;
  private LoopbackCodeHost gitLab;
  private Team team;

  LeaderIT(Cluster cluster) {
    this.cluster = cluster;
    // Time-outs are not the subject here, and the machine is busy.
    this.installation =
        Installation.allowingLoopback(
            cluster,
            "--set",
            "operator.host.connectTimeout=60s",
            "--set",
            "operator.host.timeout=90s");
  }

  @BeforeAll
  void startThePodThatIsReplaced() {
    first = start("first");
    Team.patiently().until(() -> holder().equals(Optional.of("first")));
  }

  /** In a pod, HOSTNAME is the pod's name. */
  private OperatorProcess start(String name) {
    replicas.add(installation.start(Map.of("HOSTNAME", name)));
    return replicas.getLast();
  }

  @AfterAll
  void stopReplicas() {
    replicas.forEach(OperatorProcess::close);
  }

  @BeforeEach
  void startCodeHost() {
    gitLab = LoopbackCodeHost.http(counting(Dialect.gitLab(), Duration.ofMillis(300)));
    gitLab.grant("glpat-good", Grant.of("alice", "api"));
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), "glpat-good");
  }

  @AfterEach
  void stopCodeHost() {
    gitLab.close();
  }

  @Test
  @Order(1)
  void aPodThatStartsWhileAnotherWorksIsReadyAndLeavesEveryBindingToIt() {
    bind(BINDINGS);
    Team.patiently().until(() -> gitLab.count() > 0);

    second = start("second");

    awaitAllBound(BINDINGS);
    assertThat(mostForOne).hasValue(1);
    assertThat(gitLab.count()).isEqualTo(2 * BINDINGS);
    assertThat(holder()).contains("first");
    assertThat(second.get("/metrics")).doesNotContain("codesource_verifications_total{");
  }

  @Test
  @Order(2)
  void thePodThatWaitsPassesItsProbesAndDoesNothing() {
    for (String probe : List.of("started", "live", "ready")) {
      assertThat(second.status("/q/health/" + probe)).as(probe).isEqualTo(200);
      assertThat(first.status("/q/health/" + probe)).as(probe).isEqualTo(200);
    }

    team.bindGitLab("gitlab", gitLab.url()).await("gitlab", Phase.Bound);

    assertThat(gitLab.count()).isEqualTo(2);
    assertThat(second.get("/metrics"))
        .doesNotContain("codesource_verifications_total{")
        .contains("codesource_active{shard=\"0\"} 0.0");
    assertThat(first.get("/metrics"))
        .contains("codesource_verifications_total{")
        .contains("codesource_active{shard=\"0\"} 1.0");
    assertThat(team.events("gitlab"))
        .singleElement()
        .returns("first", event -> event.getReportingInstance());
  }

  @Test
  @Order(3)
  void aLeaderThatStopsHandsOverAtOnceAndNoBindingIsAskedForByBoth() {
    bind(BINDINGS);
    Team.patiently().until(() -> gitLab.count() > BINDINGS / 2);

    long began = System.nanoTime();
    assertThat(first.terminate(Duration.ofSeconds(10))).as("exit code").isZero();
    Team.patiently().until(() -> holder().equals(Optional.of("second")));

    // Without the Lease given back it would be 15 s.
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    awaitAllBound(BINDINGS);
    assertThat(mostForOne).hasValue(1);
    assertThat(first.stackTraces()).isEmpty();
  }

  @Test
  @Order(4)
  void whenTheLeaderIsKilledTheOtherFinishesWhatWaits() {
    third = start("third");
    bind(BINDINGS);
    Team.patiently().until(() -> gitLab.count() > BINDINGS / 2);

    second.killHard();
    Lease last = lease();
    int asked = gitLab.count();
    Team.patiently().until(() -> gitLab.count() > asked);

    // Not before the Lease has run out, in which the leader could still be at work, and soon
    // after: a replica that waits looks every two to four seconds.
    assertThat(holder()).contains("third");
    Duration term = Duration.ofSeconds(last.getSpec().getLeaseDurationSeconds());
    assertThat(Duration.between(last.getSpec().getRenewTime(), lease().getSpec().getAcquireTime()))
        .isBetween(term, term.plusSeconds(10));
    awaitAllBound(BINDINGS);
    assertThat(mostForOne).hasValue(1);
  }

  @Test
  @Order(5)
  void aReplicaThatLosesTheLeaseEnds() {
    // Whatever its version is: the leader renews it at the same time.
    cluster
        .admin()
        .leases()
        .inNamespace(Installation.NAMESPACE)
        .withName(LEASE)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"holderIdentity\":\"fourth\"}}");

    assertThat(third.awaitEnd(Duration.ofSeconds(15))).isEqualTo(1);
    assertThat(third.log()).anyMatch(line -> line.contains("has lost the Lease"));
  }

  private void bind(int bindings) {
    IntStream.range(0, bindings)
        .parallel()
        .forEach(i -> team.createGitLab("gitlab-" + i, gitLab.url() + "/site-" + i));
  }

  private void awaitAllBound(int bindings) {
    Stream<String> names = IntStream.range(0, bindings).mapToObj(i -> "gitlab-" + i);
    names.forEach(name -> team.await(name, Phase.Bound));
  }

  /** Counts the requests that are under way for each site, which here is a binding. */
  private Dialect counting(Dialect dialect, Duration time) {
    return (asked, grants) -> {
      AtomicInteger count =
          inFlight.computeIfAbsent(asked.path().split("/")[1], site -> new AtomicInteger());
      mostForOne.accumulateAndGet(count.incrementAndGet(), Math::max);
      try {
        Thread.sleep(time);
        return dialect.answer(asked, grants);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } finally {
        count.decrementAndGet();
      }
    };
  }

  private Optional<String> holder() {
    return Optional.ofNullable(
            cluster.admin().leases().inNamespace(Installation.NAMESPACE).withName(LEASE).get())
        .map(lease -> lease.getSpec().getHolderIdentity());
  }

  private Lease lease() {
    return Objects.requireNonNull(
        cluster.admin().leases().inNamespace(Installation.NAMESPACE).withName(LEASE).get());
  }
}
