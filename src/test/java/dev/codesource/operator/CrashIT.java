package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.cluster.AuditEvent;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sudden ends of the operator and of the API server. The tests go on where the one before left. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CrashIT {

  private static final int BINDINGS = 200;

  private final Cluster cluster;
  private final Installation installation;
  private OperatorProcess operator;
  private LoopbackCodeHost gitLab;
  private Team team;

  CrashIT(Cluster cluster) {
    this.cluster = cluster;
    // Time is not the subject here, and the machine is busy.
    this.installation =
        Installation.allowingLoopback(
            cluster,
            "--set",
            "operator.host.connectTimeout=60s",
            "--set",
            "operator.host.timeout=90s");
  }

  /** Each binding has a path of its own, so that the host can tell who asks. */
  @BeforeAll
  void bindMany() {
    gitLab = LoopbackCodeHost.http(Dialect.gitLab()).grant("glpat-good", Grant.of("alice", "api"));
    gitLab.taking(Duration.ofMillis(150));
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), "glpat-good");
    IntStream.range(0, BINDINGS)
        .parallel()
        .forEach(i -> team.createGitLab("gitlab-" + i, gitLab.url() + "/gitlab-" + i));
    operator = installation.start(Map.of());
  }

  @AfterAll
  void stop() {
    operator.close();
    gitLab.close();
  }

  @Test
  @Order(1)
  void whatWasVerifiedBeforeAKillIsNotVerifiedAgainAndTheRestIs() {
    Team.patiently().until(() -> bound().size() >= BINDINGS / 4);
    Set<String> boundBefore = bound();

    operator.killHard();
    int askedBefore = gitLab.count();
    assertThat(boundBefore).as("the kill came in the midst").hasSizeLessThan(BINDINGS);
    assertThat(bound()).hasSizeLessThan(BINDINGS);
    operator = installation.start(Map.of());

    Team.patiently().untilAsserted(() -> assertThat(bound()).hasSize(BINDINGS));
    assertThat(asked().skip(askedBefore)).doesNotContainAnyElementsOf(boundBefore);
    // What was under way at the kill is asked for once more: two questions each time.
    assertThat(asked().collect(byBinding(Function.identity())))
        .hasSize(BINDINGS)
        .allSatisfy((binding, questions) -> assertThat(questions).isBetween(2L, 4L));
  }

  @Test
  @Order(2)
  void eachBindingHasOneEventAndOneStatusWriteAllTheSame() {
    assertThat(team.events())
        .allSatisfy(event -> assertThat(event.getReason()).isEqualTo(Reason.Bound.name()));
    assertThat(team.events().stream().collect(byBinding(event -> event.getRegarding().getName())))
        .hasSize(BINDINGS)
        .allSatisfy((binding, events) -> assertThat(events).isEqualTo(1));
    assertThat(
            writes(0).stream()
                .filter(event -> event.resource().equals("codesourcebindings"))
                .collect(byBinding(AuditEvent::name)))
        .hasSize(BINDINGS)
        .allSatisfy((binding, writes) -> assertThat(writes).isEqualTo(1));
  }

  @Test
  @Order(3)
  void aRestartWithFreshProofsAsksNobodyAndWritesNothing() {
    operator.close();
    int askedBefore = gitLab.count();
    int eventsBefore = cluster.auditEvents().size();

    operator = installation.start(Map.of());

    Team.patiently()
        .until(() -> operator.get("/metrics"), page -> page.contains("phase=\"Bound\""));
    pause(Duration.ofSeconds(4));
    assertThat(gitLab.count()).isEqualTo(askedBefore);
    assertThat(writes(eventsBefore)).isEmpty();
    assertThat(operator.get("/metrics"))
        .contains(
            "codesource_bindings{phase=\"Bound\",platform=\"GitLab\",shard=\"0\"} "
                + BINDINGS
                + ".0");
    assertThat(bound()).hasSize(BINDINGS);
  }

  @Test
  @Order(4)
  void aRestartAndACrashOfTheApiServerAreSurvived() {
    long pid = operator.pid();
    int askedBefore = gitLab.count();

    cluster.restartApiServer();
    changeTheToken("glpat-wrong");
    team.await("gitlab-0", Reason.TokenRejected);
    Team.patiently().untilAsserted(() -> assertThat(bound()).isEmpty());
    assertThat(asked().skip(askedBefore).collect(byBinding(Function.identity())))
        .as(
            "the Secret's change wakes each binding, the API server's return none; a write that it"
                + " did not take while it started is repeated with its question")
        .hasSize(BINDINGS)
        .allSatisfy((binding, questions) -> assertThat(questions).isBetween(1L, 3L));

    cluster.crashApiServer();
    changeTheToken("glpat-good");
    team.await("gitlab-0", Reason.Bound);
    Team.patiently().untilAsserted(() -> assertThat(bound()).hasSize(BINDINGS));
    assertThat(operator.isAlive()).isTrue();
    assertThat(operator.pid()).isEqualTo(pid);
    assertThat(operator.isReady()).isTrue();
  }

  @Test
  @Order(5)
  void whatIsFoundWhileTheApiServerIsAwayIsWrittenWhenItIsBack() {
    gitLab.taking(Duration.ofSeconds(1));
    int askedBefore = gitLab.count();
    team.request("gitlab-7", "now");
    Team.patiently().until(() -> gitLab.count() > askedBefore);

    cluster.crashApiServer();

    team.await("gitlab-7", status -> "now".equals(status.lastHandledRequestedAt()));
    assertThat(bound()).as("an outage of the API server unbinds nobody").hasSize(BINDINGS);
  }

  /** Who asked, in the order of arrival. */
  private Stream<String> asked() {
    return List.copyOf(gitLab.asked()).stream().map(asked -> asked.path().split("/")[1]);
  }

  private void changeTheToken(String token) {
    team.token("gitlab-token", gitLab.url(), token);
  }

  private Set<String> bound() {
    return cluster
        .admin()
        .resources(CodeSourceBinding.class)
        .inNamespace(team.namespace())
        .list()
        .getItems()
        .stream()
        .filter(
            binding -> {
              BindingStatus status = binding.getStatus();
              return status != null && Objects.equals(status.phase(), Phase.Bound);
            })
        .map(binding -> binding.getMetadata().getName())
        .collect(Collectors.toSet());
  }

  /** What the operator has written to the API server, from that line of the audit log on. */
  private List<AuditEvent> writes(int from) {
    return cluster.auditEvents().stream()
        .skip(from)
        .filter(event -> event.user().equals(Installation.user()))
        .filter(event -> event.namespace().equals(team.namespace()))
        .filter(event -> !Set.of("get", "list", "watch").contains(event.verb()))
        .filter(event -> event.code() < 300)
        .toList();
  }

  private static <T> Collector<T, ?, Map<String, Long>> byBinding(Function<T, String> binding) {
    return Collectors.groupingBy(binding, Collectors.counting());
  }

  /** Long enough for what must not happen. */
  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
