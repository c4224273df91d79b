package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.cli.ScriptedKubectl.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindCommandTest {

  private static final String TOKEN = "glpat-canary-0123456789";
  private static final String SECRET =
      "{\"metadata\":{\"name\":\"gitlab-token\",\"namespace\":\"team-a\",\"uid\":\"u-secret\"}}";
  private static final String[] COMPLETE = {
    "bind", "--platform=gitlab", "--url=https://git.example.com", "-u", "alice", "--token-stdin"
  };

  private final Path folder;
  private final ScriptedKubectl kubectl;

  BindCommandTest(@TempDir Path folder) {
    this.folder = folder;
    kubectl = new ScriptedKubectl(folder);
  }

  private ScriptedKubectl made() {
    return kubectl
        .answer("--dry-run=server", "secret/gitlab-token")
        .answerOnce("^create", SECRET)
        .answerOnce("^create", Answers.unseen("gitlab"))
        .answer("^patch secrets", SECRET)
        .answerLasting("--watch", Answers.bound("gitlab"));
  }

  @Test
  void makesSecretAndBindingAndSaysThatTheAccessIsProven() throws IOException {
    made().input(TOKEN + "\n");

    Run run = kubectl.run(COMPLETE);

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out())
        .isEqualTo("Bound: The access of alice to https://git.example.com is proven.\n");
    List<ScriptedKubectl.Call> calls = kubectl.calls();
    JsonNode secret = Json.TREES.readTree(calls.get(2).input());
    assertThat(Json.text(secret, "type")).isEqualTo("codesource.dev/token");
    assertThat(Json.name(secret)).isEqualTo("gitlab-token");
    assertThat(Json.text(secret, "stringData", "token")).isEqualTo(TOKEN);
    assertThat(Json.text(secret, "stringData", "url")).isEqualTo("https://git.example.com");
    JsonNode binding = Json.TREES.readTree(calls.get(3).input());
    assertThat(binding.path("spec").toString())
        .isEqualTo(
            "{\"platform\":\"GitLab\",\"url\":\"https://git.example.com\",\"username\":\"alice\",\"tokenSecretRef\":{\"name\":\"gitlab-token\"}}");
    // The Secret goes with the binding.
    assertThat(kubectl.commands().get(4))
        .startsWith("patch secrets gitlab-token --type=merge --patch=")
        .contains("\"uid\":\"u-secret\"")
        .contains("\"uid\":\"u-gitlab\"");
  }

  /** Everybody on the machine sees arguments; logs and screens are seen by others. */
  @Test
  void theTokenIsNeitherAnArgumentNorShown() {
    made().input(TOKEN);

    Run run = kubectl.run(COMPLETE);

    assertThat(run.out() + run.err()).doesNotContain(TOKEN);
    assertThat(kubectl.commands()).noneMatch(command -> command.contains(TOKEN));
    assertThat(kubectl.calls()).anyMatch(call -> call.input().contains(TOKEN));
  }

  @Test
  void asksForWhatIsMissing() throws IOException {
    made().typing("GitLab", "https://git.example.com/", "alice", TOKEN);

    Run run = kubectl.run("bind");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.err()).contains("Platform (GitLab, GitHub").contains("Token (it is not shown)");
    assertThat(Json.text(Json.TREES.readTree(kubectl.calls().get(2).input()), "stringData", "url"))
        .isEqualTo("https://git.example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bind",
        "bind --platform=GitLab --url=https://git.example.com -u alice",
        "bind --platform=SourceForge --url=https://git.example.com -u alice --token-stdin",
        "bind --platform=GitLab --url=ftp://git.example.com -u alice --token-stdin",
        "bind --platform=GitLab --url=https://git.example.com -u alice --token-stdin --browser",
        "bind --platform=GitLab --url=https://git.example.com -u alice --token-stdin Big",
        "bind --platform=GitLab --url=https://git.example.com -u alice --token=x"
      })
  void whatCannotBeMadeIsRefusedBeforeAnythingIsSent(String line) {
    Run run = kubectl.input(TOKEN).run(line.split(" "));

    assertThat(run.exit()).isEqualTo(2);
    assertThat(kubectl.calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n", "two words", "two\nlines"})
  void whatIsNoTokenIsNotSent(String text) {
    Run run = kubectl.input(text).run(COMPLETE);

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("oken");
    assertThat(kubectl.calls()).isEmpty();
  }

  @Test
  void theTokenIsReadFromAFileWithItsCertificates() throws IOException {
    made();
    Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    Path ca = Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\n");

    Run run =
        kubectl.run(
            "bind",
            "--platform=GitLab",
            "--url=https://git.example.com",
            "-u",
            "alice",
            "--token-file=" + token,
            "--ca-file=" + ca,
            "--publish=Flux,Git");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(kubectl.calls().get(2).input()).contains(TOKEN).contains("BEGIN CERTIFICATE");
    assertThat(kubectl.calls().get(3).input()).contains("\"publish\":[\"Flux\",\"Git\"]");
  }

  /** Otherwise a token would lie in a Secret that nobody knows of. */
  @Test
  void whereTheBindingCannotBeMadeTheSecretGoesAgain() {
    kubectl
        .input(TOKEN)
        .answer("--dry-run=server", "")
        .answerOnce("^create", SECRET)
        .fail(
            "^create",
            "Error from server (AlreadyExists): codesourcebindings \"gitlab\" already exists")
        .answer("^delete --raw", "{}");

    Run run = kubectl.run(COMPLETE);

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("already exists");
    ScriptedKubectl.Call last = kubectl.calls().getLast();
    assertThat(last.arguments())
        .startsWith("delete", "--raw", "/api/v1/namespaces/team-a/secrets/gitlab-token");
    assertThat(last.input()).contains("\"preconditions\":{\"uid\":\"u-secret\"}");
  }

  @Test
  void nothingIsMadeWhereTheApiServerWouldRefuseOneOfBoth() {
    kubectl
        .input(TOKEN)
        .answerOnce("--dry-run=server", "")
        .fail("--dry-run=server", "Error from server (Forbidden): you may not");

    Run run = kubectl.run(COMPLETE);

    assertThat(run.exit()).isEqualTo(4);
    assertThat(kubectl.commands()).hasSize(2).allMatch(c -> c.contains("--dry-run=server"));
  }

  @Test
  void aDryRunMakesNothing() {
    kubectl.input(TOKEN).answer("--dry-run=server", "");

    Run run = kubectl.run(concat(COMPLETE, "--dry-run"));

    assertThat(run.exit()).isZero();
    assertThat(run.out()).isEqualTo("The API server would make the binding gitlab.\n");
    assertThat(kubectl.commands()).hasSize(2).allMatch(c -> c.contains("--dry-run=server"));
  }

  @Test
  void forARepositoryTheBindingIsPrintedAndNoTokenIsReadOrMade() {
    kubectl.input(TOKEN).answer("--dry-run=client", "apiVersion: codesource.dev/v1alpha1\n");

    Run run = kubectl.run(concat(COMPLETE, "-o", "yaml"));

    assertThat(run.exit()).isZero();
    assertThat(run.out()).isEqualTo("apiVersion: codesource.dev/v1alpha1\n");
    assertThat(run.err()).contains("The Secret gitlab-token is of the type codesource.dev/token");
    assertThat(kubectl.calls()).hasSize(1);
    assertThat(kubectl.calls().getFirst().input()).doesNotContain(TOKEN);
  }

  @Test
  void whatTheOperatorRefusesIsSaidWithItsRemedy() {
    kubectl
        .input(TOKEN)
        .answer("--dry-run=server", "")
        .answerOnce("^create", SECRET)
        .answerOnce("^create", Answers.unseen("gitlab"))
        .answer("^patch", SECRET)
        .answerLasting(
            "--watch",
            Answers.unseen("gitlab")
                + Answers.binding("gitlab", "Pending", "HostNotFound", "No address. Check it.")
                + Answers.binding(
                    "gitlab", "Failed", "TokenRejected", "Not accepted. Make a new one."));

    Run run = kubectl.run(COMPLETE);

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEqualTo("Failed (TokenRejected): Not accepted. Make a new one.\n");
    assertThat(run.err())
        .contains("Waiting: the operator has not looked at it yet\n")
        .contains("Waiting: HostNotFound: No address. Check it.\n");
  }

  @Test
  void waitingEndsWithItsTimeAndItsOwnCode() {
    kubectl
        .input(TOKEN)
        .answer("--dry-run=server", "")
        .answerOnce("^create", SECRET)
        .answerOnce("^create", Answers.unseen("gitlab"))
        .answer("^patch", SECRET)
        .answerLasting("--watch", Answers.unseen("gitlab"));

    Run run = kubectl.run(concat(COMPLETE, "--timeout=1s"));

    assertThat(run.exit()).isEqualTo(124);
    assertThat(run.err()).contains("See: kubectl codesource get gitlab");
  }

  @Test
  void whoDoesNotWaitIsToldThatItIsMade() {
    made().input(TOKEN);

    Run run = kubectl.run(concat(COMPLETE, "--no-wait"));

    assertThat(run.exit()).isZero();
    assertThat(run.out()).isEqualTo("The binding gitlab is made.\n");
    assertThat(kubectl.commands()).noneMatch(command -> command.contains("--watch"));
  }

  @Test
  void oauthNeedsNoSecretAndTellsWhereToAuthorize() {
    kubectl
        .answer("--dry-run=server", "")
        .answerOnce("^create", Answers.unseen("gitlab"))
        .answerLasting("--watch", Answers.awaitingCode("gitlab"));

    Run run =
        kubectl.run(
            "bind", "--platform=GitLab", "--url=https://git.example.com", "-u", "alice", "--code");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).contains("Open https://git.example.com/device\nEnter ABCD-1234\n");
    assertThat(kubectl.calls().get(1).input()).contains("\"oauth\":{\"flow\":\"Device\"}");
    assertThat(kubectl.commands()).hasSize(3);
  }

  private static String[] concat(String[] some, String... more) {
    return java.util.stream.Stream.of(some, more)
        .flatMap(java.util.Arrays::stream)
        .toArray(String[]::new);
  }
}
