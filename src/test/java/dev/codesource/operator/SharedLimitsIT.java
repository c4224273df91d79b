package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the bindings of one host share: its patience, its outages, its permits. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedLimitsIT {

  private static final int BINDINGS = 20;
  private static final int CONCURRENCY = 3;

  private final Cluster cluster;
  private final Installation installation;

  /** When each question came, on the clock of {@link System#nanoTime()}. */
  private final List<Long> times = new CopyOnWriteArrayList<>();

  private OperatorProcess operator;
  private LoopbackCodeHost gitLab;
  private Team team;

  SharedLimitsIT(Cluster cluster) {
    this.cluster = cluster;
    this.installation =
        Installation.allowingLoopback(cluster, "--set", "operator.host.concurrency=" + CONCURRENCY);
  }

  @BeforeAll
  void startOperator() {
    operator = installation.start(Map.of());
  }

  @AfterAll
  void stopOperator() {
    operator.close();
  }

  @BeforeEach
  void bindMany() {
    times.clear();
    gitLab = LoopbackCodeHost.http(timed(Dialect.gitLab()));
    gitLab.grant("glpat-good", Grant.of("alice", "api"));
    gitLab.taking(Duration.ofMillis(100));
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), "glpat-good");
    all(i -> team.createGitLab("gitlab-" + i, gitLab.url()));
    all(i -> team.await("gitlab-" + i, Phase.Bound));
  }

  @AfterEach
  void stopCodeHost() {
    gitLab.close();
  }

  @Test
  void noMoreRequestsAreUnderWayThanTheAdministratorAllows() {
    assertThat(gitLab.mostInFlight()).isEqualTo(CONCURRENCY);
    assertThat(gitLab.count()).isEqualTo(2 * BINDINGS);
  }

  @Test
  void aHostsWordToWaitIsObeyedByAllOfItsBindings() {
    Duration wait = Duration.ofSeconds(15);
    Answer slowDown = Answer.json(429, "{\"message\":\"Too many requests\"}");
    gitLab.answering(timed((asked, grants) -> slowDown.with("Retry-After", "15")));
    team.request("gitlab-0", "a");
    team.await("gitlab-0", status -> reachable(status).equals(Reason.RateLimited.name()));
    long limited = times.getLast();
    gitLab.answering(timed(Dialect.gitLab()));

    requestAll("b");
    assertThat(System.nanoTime() - limited).as("asked for in time").isLessThan(wait.toNanos());
    all(i -> team.await("gitlab-" + i, status -> isHandled(status, "b")));

    assertThat(times)
        .filteredOn(time -> time > limited)
        .as("nobody asked before the time, then each did, once")
        .hasSize(2 * BINDINGS)
        .allMatch(time -> time - limited >= wait.toNanos());
    all(
        i -> {
          BindingStatus status = team.get("gitlab-" + i).getStatus();
          assertThat(status.phase()).isEqualTo(Phase.Bound);
          assertThat(reachable(status)).isEqualTo(Reason.Succeeded.name());
        });
  }

  /**
   * Until the metrics tell whether the host is left alone. The operator looks at its hosts once a
   * second at most, and a scrape that makes it look has the rows from before.
   */
  private void awaitBackOff(boolean expected) {
    String row = "codesource_host_backoff_seconds{host=\"127.0.0.1:" + gitLab.port() + "\"}";
    Team.patiently().until(() -> operator.get("/metrics").contains(row) == expected);
  }

  @Test
  void anOutageIsFoundOutOnceForAllAndSoIsItsEnd() {
    gitLab.answering(timed((asked, grants) -> Answer.html(503, "<h1>Maintenance</h1>")));
    team.request("gitlab-0", "a");
    team.await("gitlab-0", status -> reachable(status).equals(Reason.ServerError.name()));
    int asked = gitLab.count();

    requestAll("b");
    all(
        i ->
            team.await(
                "gitlab-" + i, status -> reachable(status).equals(Reason.ServerError.name())));
    assertThat(gitLab.count()).as("the other bindings took its word").isEqualTo(asked);
    awaitBackOff(true);

    long mended = System.nanoTime();
    gitLab.answering(timed(Dialect.gitLab()));
    all(
        i ->
            team.await("gitlab-" + i, status -> reachable(status).equals(Reason.Succeeded.name())));
    assertThat(gitLab.mostInFlight()).isEqualTo(CONCURRENCY);
    assertThat(times.stream().filter(time -> time > mended).toList())
        .as("one went ahead; each asked for itself, once")
        .hasSize(2 * BINDINGS);
    awaitBackOff(false);
  }

  private Dialect timed(Dialect dialect) {
    return (asked, grants) -> {
      times.add(System.nanoTime());
      return dialect.answer(asked, grants);
    };
  }

  private void requestAll(String value) {
    IntStream.range(0, BINDINGS).parallel().forEach(i -> team.request("gitlab-" + i, value));
  }

  private static void all(IntConsumer each) {
    IntStream.range(0, BINDINGS).forEach(each);
  }

  private static String reachable(BindingStatus status) {
    return Team.condition(status, ConditionType.Reachable).getReason();
  }

  private static boolean isHandled(BindingStatus status, String request) {
    return request.equals(status.lastHandledRequestedAt())
        && reachable(status).equals(Reason.Succeeded.name());
  }
}
