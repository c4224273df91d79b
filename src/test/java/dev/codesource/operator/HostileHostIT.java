package dev.codesource.operator;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.RawServer;
import dev.codesource.testhost.RawServer.Conversation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hosts that mean harm, or do it. All at once, so that they could also harm each other. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileHostIT {

  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String JSON = OK + "Content-Type: application/json\r\n";
  private static final long GIGABYTE = 1L << 30;

  /**
   * For a whole answer; a look-up and a connection are part of it. Longer than the chart's default:
   * those who do answer are to have the time, on a machine that all these keep busy.
   */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final Duration SLACK = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Installation installation;
  private final Map<String, RawServer> servers = new LinkedHashMap<>();
  private final AtomicLong sent = new AtomicLong();
  private OperatorProcess operator;
  private LoopbackCodeHost good;
  private Team team;

  HostileHostIT(Cluster cluster) {
    this.cluster = cluster;
    this.installation =
        Installation.allowingLoopback(
            cluster,
            "--set",
            "operator.host.connectTimeout=%ds".formatted(TIMEOUT.toSeconds()),
            "--set",
            "operator.host.timeout=%ds".formatted(TIMEOUT.toSeconds()));
  }

  @BeforeAll
  void start() {
    team = Team.in(cluster);
    good = LoopbackCodeHost.http(Dialect.gitLab()).grant("glpat-good", Grant.of("alice", "api"));
    team.token("gitlab-token", good.url(), "glpat-good");
    operator = installation.start(Map.of());
  }

  @AfterAll
  void stop() throws IOException {
    operator.close();
    good.close();
    for (RawServer server : servers.values()) {
      server.close();
    }
  }

  @Test
  void eachGetsItsReasonInTimeAndNobodyElseWaits() {
    Map<String, Reason> expected = bindToHostileHosts();
    Team.patiently().until(() -> servers.values().stream().allMatch(each -> each.accepted() > 0));

    // The slow ones are being waited for now, and for up to 30 s.
    team.bindGitLab("good", good.url()).await("good", Phase.Bound);
    assertThat(team.isLookedAt("drips-the-body")).isFalse();
    assertThat(team.isLookedAt("drips-the-head")).isFalse();
    assertThat(team.isLookedAt("says-nothing")).isFalse();

    SoftAssertions all = new SoftAssertions();
    expected.forEach(
        (binding, reason) -> {
          BindingStatus status = team.await(binding, found -> found.conditions() != null);
          all.assertThat(Team.condition(status, ConditionType.Ready).getReason())
              .as(binding)
              .isEqualTo(reason.name());
          all.assertThat(timeToAnswer(binding, status)).as(binding).isLessThan(TIMEOUT.plus(SLACK));
        });
    all.assertThat(sent.get())
        .as("bytes that were taken of two endless answers of a gigabyte")
        .isLessThan(64L << 20);
    all.assertThat(operator.peakMemory())
        .as("memory, under the chart's limit")
        .isLessThan(installation.memoryLimit());
    all.assertThat(good.count()).as("nothing but the good binding's two questions").isEqualTo(2);
    all.assertThat(operator.stackTraces()).isEmpty();
    all.assertAll();
  }

  private Map<String, Reason> bindToHostileHosts() {
    Map<String, Reason> expected = new LinkedHashMap<>();
    expected.put(
        hostile("drips-the-body", dripping(JSON + "Content-Length: 100\r\n\r\n")),
        Reason.ConnectionTimedOut);
    expected.put(
        hostile("drips-the-head", dripping("HTTP/1.1 200 OK\r\nX-Slow: ")),
        Reason.ConnectionTimedOut);
    expected.put(hostile("says-nothing", RawServer.silent()), Reason.ConnectionTimedOut);
    expected.put(
        hostile(
            "sends-a-gigabyte",
            endless(JSON + "Content-Length: " + GIGABYTE + "\r\n\r\n", " ".repeat(1 << 16))),
        Reason.NotThisPlatform);
    expected.put(
        hostile(
            "sends-chunks-for-ever",
            endless(
                JSON + "Transfer-Encoding: chunked\r\n\r\n",
                "10000\r\n" + " ".repeat(1 << 16) + "\r\n")),
        Reason.NotThisPlatform);
    expected.put(
        hostile("sends-headers-for-ever", endless(OK, "X-More: " + "a".repeat(1000) + "\r\n")),
        Reason.NotThisPlatform);
    expected.put(
        hostile("nests-deeply", answering("application/json", "[".repeat(500_000))),
        Reason.NotThisPlatform);
    expected.put(hostile("closes-at-once", connection -> {}), Reason.ConnectionFailed);
    expected.put(
        hostile("closes-after-the-request", connection -> connection.readRequest()),
        Reason.ConnectionFailed);
    expected.put(hostile("speaks-ssh", saying("SSH-2.0-OpenSSH_9.9\r\n")), Reason.ConnectionFailed);
    expected.put(
        hostile("breaks-its-chunks", saying(JSON + "Transfer-Encoding: chunked\r\n\r\nzz\r\n")),
        Reason.ConnectionFailed);
    expected.put(
        hostile("sends-a-bad-length", saying(JSON + "Content-Length: zz\r\n\r\n{}")),
        Reason.ConnectionFailed);
    expected.put(
        hostile("answers-html", answering("text/html", "<!doctype html><title>Sign in</title>")),
        Reason.NotThisPlatform);
    expected.put(
        hostile("answers-html-as-json", answering("application/json", "<!doctype html>")),
        Reason.NotThisPlatform);
    expected.put(
        hostile(
            "answers-zipped",
            saying(JSON + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc")),
        Reason.NotThisPlatform);
    expected.put(
        hostile(
            "redirects",
            saying(
                "HTTP/1.1 302 Found\r\nLocation: "
                    + good.url()
                    + "/api/v4/user\r\nContent-Length: 0\r\n\r\n")),
        Reason.Redirected);
    return expected;
  }

  private String hostile(String binding, Conversation conversation) {
    RawServer server = RawServer.start(conversation);
    servers.put(binding, server);
    String url = "http://127.0.0.1:" + server.port();
    team.token(binding + "-token", url, "glpat-good")
        .createGitLab(binding, url, binding + "-token");
    return binding;
  }

  /** To every request: a binding may be looked at again at once, on the connection that is kept. */
  private static Conversation saying(String answer) {
    return connection -> {
      while (connection.readRequest()) {
        connection.write(answer);
      }
    };
  }

  private static Conversation answering(String type, String body) {
    return saying(
        OK + "Content-Type: " + type + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
  }

  private static Conversation dripping(String beginning) {
    return connection -> {
      connection.readRequest();
      connection.write(beginning);
      while (true) {
        Thread.sleep(1_000);
        connection.write("a");
      }
    };
  }

  private Conversation endless(String beginning, String more) {
    byte[] bytes = more.getBytes(US_ASCII);
    return connection -> {
      connection.readRequest();
      connection.write(beginning);
      for (long written = 0; written < GIGABYTE; written += bytes.length) {
        connection.write(bytes);
        sent.addAndGet(bytes.length);
      }
    };
  }

  private Duration timeToAnswer(String binding, BindingStatus status) {
    return Duration.between(
        Instant.parse(team.get(binding).getMetadata().getCreationTimestamp()),
        Instant.parse(Team.condition(status, ConditionType.Ready).getLastTransitionTime()));
  }
}
