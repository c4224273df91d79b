package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.CommandResult;
import dev.codesource.reason.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The chart is uninstalled by the commands of its README, in a cluster of its own. */
class UninstallIT {

  private static final String CRD = "codesourcebindings.codesource.dev";

  private static final String BLOCK = "\n```sh\n(.*?)\n```\n";

  private final Cluster cluster = Cluster.startWithoutCrds();
  private Installation installation;
  private Team team;

  @BeforeEach
  void install() {
    installation = Installation.of(cluster, "--set", "crds.install=true");
    established();
    team = Team.in(cluster);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void theCommandsOfTheReadmeLeaveNothingAlsoNoFinalizer() throws IOException {
    try (OperatorProcess operator = installation.start(Map.of())) {
      bindRevoking();

      cluster.shell(blocks().getFirst()).orFail();

      assertThat(cluster.kubectl("get", "crd", CRD).stderr()).contains("NotFound");
    }
  }

  @Test
  void anOperatorWhoseCrdIsGoneSaysSoAndIsReadyWhenItIsBack() {
    try (OperatorProcess operator = installation.start(Map.of())) {
      cluster.kubectl("delete", "crd", CRD).orFail();

      Team.patiently().until(() -> !operator.isReady());
      assertThat(operator.log())
          .filteredOn(line -> line.contains("The CRD " + CRD + " is gone"))
          .hasSize(1);
      installation = Installation.of(cluster, "--set", "crds.install=true");
      established();
      Team.patiently().until(operator::isReady);
      team.bind(
              "later",
              "platform: GitLab, url: 'https://gitlab.example.com', username: alice, oauth: {}")
          .await("later", Reason.OAuthNotOffered);
    }
  }

  @Test
  void whoHasDeletedTheOperatorFirstIsHelpedByTheSecondCommand() throws IOException {
    try (OperatorProcess operator = installation.start(Map.of())) {
      bindRevoking();
    }
    cluster.helm("uninstall", "codesource-operator", "-n", Installation.NAMESPACE).orFail();
    assertThat(cluster.kubectl("delete", "crd", CRD, "--timeout=3s").succeeded()).isFalse();
    CommandResult tooEarly =
        cluster.helm(
            "install",
            "codesource-operator",
            "helm/codesource-operator",
            "-n",
            Installation.NAMESPACE);
    assertThat(tooEarly.succeeded()).isFalse();
    assertThat(tooEarly.stderr()).contains("The CRD " + CRD + " is being deleted");

    cluster.shell(blocks().get(1)).orFail();

    cluster.kubectl("wait", "--for=delete", "crd/" + CRD, "--timeout=60s").orFail();
  }

  /** What is not authorized yet has the finalizer already. */
  private void bindRevoking() {
    team.bind(
        "code",
        "platform: GitLab, url: 'https://gitlab.example.com', username: alice, oauth: {},"
            + " deletionPolicy: Revoke");
    Team.patiently().until(() -> !team.get("code").getMetadata().getFinalizers().isEmpty());
  }

  private void established() {
    cluster.kubectl("wait", "crd/" + CRD, "--for=condition=Established", "--timeout=30s").orFail();
  }

  /** The scripts of the section on uninstalling. */
  private static List<String> blocks() throws IOException {
    String section =
        Files.readString(Path.of("helm/codesource-operator/README.md")).split("## Uninstall", 2)[1];
    return Pattern.compile(BLOCK, Pattern.DOTALL)
        .matcher(section)
        .results()
        .map(block -> block.group(1))
        .toList();
  }
}
