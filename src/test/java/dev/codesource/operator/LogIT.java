package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the operator logs in an ordinary life, its end included. */
@ExtendWith(ClusterExtension.class)
class LogIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Cluster cluster;
  private LoopbackCodeHost gitLab;
  private Team team;

  LogIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void startCodeHost() {
    gitLab = LoopbackCodeHost.http(Dialect.gitLab());
    gitLab.grant("glpat-good", Grant.of("alice", "api"));
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), "glpat-good");
  }

  @AfterEach
  void stopCodeHost() {
    gitLab.close();
  }

  @Test
  void logsInJsonHaveAnObjectALineAndNoStackTraceEvenWhenStoppedInTheMidst() throws IOException {
    List<String> log = logOfANormalRun("true");

    for (String line : log) {
      JsonNode entry = JSON.readTree(line);
      assertThat(entry.path("timestamp").asText()).as(line).isNotEmpty();
      assertThat(entry.path("level").asText()).as(line).isIn("INFO", "WARN");
      assertThat(entry.path("message").asText()).as(line).isNotEmpty();
      assertThat(entry.path("loggerName").asText()).as(line).isNotEmpty();
    }
    assertThat(log)
        .anySatisfy(
            line ->
                assertThat(JSON.readTree(line).path("message").asText())
                    .startsWith(team.namespace() + "/gitlab: " + Reason.Bound + ": The access of"));
  }

  @Test
  void logsInTextHaveNoStackTraceEither() {
    List<String> log = logOfANormalRun("false");

    assertThat(log)
        .allMatch(
            line -> line.matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} (INFO|WARN) .*"))
        .anyMatch(line -> line.contains(" " + team.namespace() + "/gitlab: Bound: The access of"))
        .anyMatch(line -> line.contains(" " + team.namespace() + "/gitlab: TokenRejected: "));
  }

  @Test
  void whoDeletesABindingOrItsNamespaceWhileItIsProvenLeavesNoTrace() {
    Team leaving = Team.in(cluster).token("gitlab-token", gitLab.url(), "glpat-good");
    try (OperatorProcess operator = Installation.allowingLoopback(cluster).start(Map.of())) {
      gitLab.taking(Duration.ofSeconds(2));
      String spec =
          "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: gitlab-token}, publish: [Git]"
              .formatted(gitLab.url());
      team.bind("leaving", spec);
      leaving.bind("leaving", spec);
      Team.patiently().until(() -> gitLab.count() >= 2);
      team.resource("leaving").delete();
      cluster.admin().namespaces().withName(leaving.namespace()).delete();

      // Begun later, so the others have ended before.
      team.bindGitLab("staying", gitLab.url()).await("staying", Phase.Bound);

      assertThat(gitLab.count()).as("all were proven to the end").isEqualTo(6);
      assertThat(operator.stackTraces()).isEmpty();
      assertThat(operator.log())
          .noneMatch(line -> line.contains("WARN") && line.contains("/leaving"));
    }
  }

  /** Bound, rejected, and stopped while a slow host is asked. */
  private List<String> logOfANormalRun(String json) {
    Installation installation =
        Installation.allowingLoopback(cluster, "--set", "operator.log.json=" + json);
    // A container has no locale.
    try (OperatorProcess operator = installation.start(Map.of("LC_ALL", "C"))) {
      assertThat(operator.log())
          .as("its start")
          .noneMatch(line -> line.contains("WARN") || line.contains("SNAPSHOT"));
      team.bindGitLab("gitlab", gitLab.url()).await("gitlab", Phase.Bound);
      team.bind(
              "stranger",
              "platform: GitLab, url: '%s', username: \"zo\\u00eb\", tokenSecretRef: {name: gitlab-token}"
                  .formatted(gitLab.url()))
          .await("stranger", Reason.UsernameMismatch);
      team.token("gitlab-token", gitLab.url(), "glpat-wrong");
      team.await("gitlab", Reason.TokenRejected);
      gitLab.taking(Duration.ofSeconds(10));
      int before = gitLab.count();
      team.request("gitlab", "now");
      Team.patiently().until(() -> gitLab.count() >= before + 1);
      assertThat(operator.terminate(Duration.ofSeconds(8))).as("exit code").isZero();
      assertThat(operator.stackTraces()).isEmpty();
      assertThat(operator.log()).as("UTF-8").anyMatch(line -> line.contains("zo\u00eb"));
      return operator.log();
    }
  }
}
