package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cli.ScriptedKubectl.Run;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that change a binding which there is. */
class ChangingCommandsTest {

  private static final String FRESH = "glpat-fresh-0123456789";
  private static final String STALE = "glpat-stale-0123456789";

  private final ScriptedKubectl kubectl;

  ChangingCommandsTest(@TempDir Path folder) {
    kubectl = new ScriptedKubectl(folder);
  }

  @Test
  void suspendAndResumeChangeOneField() {
    kubectl.answer("^patch", Answers.bound("gitlab"));

    assertThat(kubectl.run("suspend", "gitlab").out()).isEqualTo("gitlab is suspended.\n");
    assertThat(kubectl.run("resume", "shop", "--trigger").out())
        .isEqualTo("shop is no longer suspended.\n");

    assertThat(kubectl.commands().getFirst())
        .startsWith(
            "patch codesourcebindings.codesource.dev gitlab --type=merge"
                + " --patch={\"spec\":{\"suspend\":true}} ");
    assertThat(kubectl.commands().getLast())
        .startsWith(
            "patch codesourcetriggers.codesource.dev shop --type=merge"
                + " --patch={\"spec\":{\"suspend\":false}} ");
  }

  /** What was known before the request is no answer to it. */
  @Test
  void checkWaitsForTheAnswerToItsOwnRequest() {
    kubectl
        .answer("^patch", Answers.bound("gitlab"))
        .answerLasting("--watch", Answers.bound("gitlab"));

    Run run = kubectl.run("check", "gitlab", "--timeout=1s");

    assertThat(run.exit()).isEqualTo(124);
    assertThat(kubectl.commands().getFirst())
        .contains("{\"metadata\":{\"annotations\":{\"codesource.dev/requested-at\":\"20");
  }

  @Test
  void checkSaysWhatWasFound() {
    kubectl
        .answer("^patch", Answers.bound("gitlab"))
        .answerLasting(
            "--watch",
            Answers.bound("gitlab")
                + Answers.binding(
                        "gitlab", "Failed", "TokenRevoked", "It was revoked. Make a new one.")
                    .replaceFirst(
                        "\"status\":\\{", "\"status\":{\"lastHandledRequestedAt\":\"REQUEST\","));

    Run run = kubectl.run("check", "gitlab");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEqualTo("Failed (TokenRevoked): It was revoked. Make a new one.\n");
  }

  @Test
  void aSuspendedBindingIsNotWaitedFor() {
    kubectl.answer(
        "^patch", Answers.bound("gitlab").replace("\"spec\":{", "\"spec\":{\"suspend\":true,"));

    Run run = kubectl.run("check", "gitlab");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("Go on with: kubectl codesource resume gitlab");
  }

  @Test
  void unbindSaysWhatGoesAndAsksForTheName() {
    unbindable().typing("gitlab");

    Run run = kubectl.run("unbind", "gitlab");

    assertThat(run.exit()).isZero();
    assertThat(run.err())
        .contains("The Secret gitlab-flux is deleted")
        .contains("The trigger shop notices no pushes")
        .contains("The token stays valid on the code host");
    assertThat(kubectl.commands().getLast())
        .startsWith("delete codesourcebindings.codesource.dev gitlab --wait=true");
  }

  @Test
  void unbindDeletesNothingIfAnotherNameIsTyped() {
    unbindable().typing("yes");

    Run run = kubectl.run("unbind", "gitlab");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("Nothing was deleted.");
    assertThat(kubectl.commands()).noneMatch(command -> command.startsWith("delete"));
  }

  @Test
  void whereNobodyCanBeAskedUnbindWantsYes() {
    unbindable();

    assertThat(kubectl.run("unbind", "gitlab").exit()).isEqualTo(2);
    assertThat(kubectl.commands()).noneMatch(command -> command.startsWith("delete"));
    assertThat(kubectl.run("unbind", "gitlab", "--yes").exit()).isZero();
  }

  private ScriptedKubectl unbindable() {
    return kubectl
        .answer("get codesourcebindings", Answers.bound("gitlab"))
        .answer("get codesourcetriggers", Answers.list(Answers.trigger("shop")))
        .answer("^delete", "codesourcebinding.codesource.dev \"gitlab\" deleted");
  }

  /** Consumers of the published Secrets never get a token that the code host refuses. */
  @Test
  void aRefusedTokenDoesNotReplaceTheOldOne() {
    rotatable()
        .answerLasting(
            "gitlab-rotation --watch",
            Answers.binding(
                "gitlab-rotation", "Failed", "TokenRejected", "Not accepted. Make a new one."));

    Run run = kubectl.run("rotate", "gitlab", "--token-stdin");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEqualTo("Failed (TokenRejected): Not accepted. Make a new one.\n");
    assertThat(run.err()).contains("The old token stays.");
    assertThat(kubectl.commands()).noneMatch(command -> command.startsWith("patch"));
    trialIsGone();
  }

  @Test
  void aProvenTokenReplacesTheOldOneAndIsNeverShown() {
    rotatable()
        .answerLasting("gitlab-rotation --watch", Answers.bound("gitlab-rotation"))
        .answer("^patch secrets", "{}")
        .fail("^patch codesourcebindings", "error: the end of this test");

    Run run = kubectl.run("rotate", "gitlab", "--token-stdin");

    trialIsGone();
    ScriptedKubectl.Call patch =
        kubectl.calls().stream()
            .filter(call -> call.arguments().getFirst().equals("patch"))
            .findFirst()
            .orElseThrow();
    assertThat(patch.arguments())
        .startsWith("patch", "secrets", "gitlab-token", "--type=merge", "--patch-file=/dev/stdin");
    assertThat(patch.input())
        .isEqualTo(
            "{\"metadata\":{\"resourceVersion\":\"7\"},\"data\":{\"token\":\"%s\"}}"
                .formatted(base64(FRESH)));
    for (String secret : new String[] {FRESH, base64(FRESH), STALE, base64(STALE)}) {
      assertThat(run.out() + run.err()).doesNotContain(secret);
      assertThat(kubectl.commands()).noneMatch(command -> command.contains(secret));
    }
  }

  /** Which would be written anew by the new token. */
  @Test
  void theTrialPublishesNothingAndKeepsTheRestOfTheSecret() {
    rotatable()
        .answerLasting(
            "gitlab-rotation --watch",
            Answers.binding("gitlab-rotation", "Failed", "TokenRejected", "No."));

    kubectl.run("rotate", "gitlab", "--token-stdin");

    String secret = kubectl.calls().get(2).input();
    assertThat(secret)
        .contains("\"ca.crt\":\"Y2E=\"")
        .contains("\"token\":\"" + base64(FRESH))
        .contains("\"type\":\"codesource.dev/token\"");
    assertThat(kubectl.calls().get(3).input())
        .contains("\"tokenSecretRef\":{\"name\":\"gitlab-rotation\"}")
        .doesNotContain("publish");
  }

  private ScriptedKubectl rotatable() {
    return kubectl
        .input(FRESH)
        .answer("get codesourcebindings.codesource.dev gitlab --output", Answers.bound("gitlab"))
        .answer(
            "get secrets gitlab-token",
            "{\"type\":\"codesource.dev/token\",\"metadata\":{\"name\":\"gitlab-token\",\"namespace\":\"team-a\",\"resourceVersion\":\"7\"},\"data\":{\"url\":\"aA==\",\"ca.crt\":\"Y2E=\",\"token\":\"%s\"}}"
                .formatted(base64(STALE)))
        .answerOnce(
            "^create",
            "{\"metadata\":{\"name\":\"gitlab-rotation\",\"namespace\":\"team-a\",\"uid\":\"u-1\"}}")
        .answerOnce("^create", Answers.unseen("gitlab-rotation"))
        .answer("^delete --raw", "{}");
  }

  private void trialIsGone() {
    assertThat(kubectl.commands())
        .anyMatch(
            command ->
                command.startsWith(
                    "delete --raw"
                        + " /apis/codesource.dev/v1alpha1/namespaces/team-a/codesourcebindings/gitlab-rotation"))
        .anyMatch(
            command ->
                command.startsWith(
                    "delete --raw /api/v1/namespaces/team-a/secrets/gitlab-rotation"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void authorizeShowsTheCodeAndWaitsUntilTheAccessIsProven() {
    kubectl
        .answer("--output=json --request", Answers.awaitingCode("gitlab"))
        .answerLasting("--watch", Answers.awaitingCode("gitlab") + Answers.bound("gitlab"));

    Run run = kubectl.run("authorize", "gitlab");

    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains("Open https://git.example.com/device\nEnter ABCD-1234\n")
        .endsWith("Bound: The access of alice to https://git.example.com is proven.\n");
    assertThat(run.err()).contains("Log on as alice");
  }

  @Test
  void aTokenIsNotAuthorized() {
    kubectl.answer(".", Answers.bound("gitlab"));

    Run run = kubectl.run("authorize", "gitlab");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("kubectl codesource rotate gitlab");
  }
}
