package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.cli.ScriptedKubectl.Run;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubectlTest {

  private final ScriptedKubectl kubectl;

  KubectlTest(@TempDir Path folder) {
    kubectl = new ScriptedKubectl(folder);
  }

  /** Texts of kubectl 1.37. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Error from server (Forbidden): codesourcebindings.codesource.dev is forbidden: User "eve" cannot list | 4 | User "eve" cannot list. Ask whoever manages access to the namespace.
          error: You must be logged in to the server (Unauthorized) | 4 | The cluster does not know you
          Error from server (NotFound): codesourcebindings.codesource.dev "x" not found | 1 | error: codesourcebindings.codesource.dev "x" not found.
          error: the server doesn't have a resource type "codesourcebindings" | 1 | does not have the resources of the Code Source Operator
          Unable to connect to the server: dial tcp: lookup nowhere: no such host | 1 | The API server cannot be reached
          The connection to the server localhost:8080 was refused - did you specify the right host or port? | 1 | The API server cannot be reached
          Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers) | 124 | Allow more with --request-timeout.
          error: context "x" does not exist | 1 | error: context "x" does not exist.
          """)
  void aFailureIsASentenceAndACode(String said, int exit, String sentence) {
    kubectl.fail(".", said + "\n");

    Run run = kubectl.run("list");

    assertThat(run.exit()).isEqualTo(exit);
    assertThat(run.err()).contains(sentence).doesNotContain("Exception");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void whereThereIsNoKubectlTheUserIsToldHowToNameOne() {
    Run run = kubectl.runWith("/nowhere/kubectl", "list");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("set the variable KUBECTL");
  }

  @Test
  void anAnswerThatIsNotJsonIsSaidToBeOne() {
    kubectl.answer(".", "<html>log in</html>");

    Run run = kubectl.run("list");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("kubectl printed what cannot be read.");
  }

  @Test
  void warningsOfTheApiServerAreShown() {
    kubectl.warn(
        ".",
        Answers.list(Answers.bound("gitlab")),
        "Warning: v1alpha1 is deprecated\nI0101 trace\n");

    Run run = kubectl.run("list");

    assertThat(run.exit()).isZero();
    assertThat(run.err()).isEqualTo("Warning: v1alpha1 is deprecated\n");
  }

  @Test
  void aWatchEndsWhenTheObjectIsAsWanted() {
    kubectl.answerLasting(
        "--watch", Answers.unseen("gitlab") + Answers.bound("gitlab") + Answers.unseen("gitlab"));

    Optional<?> found =
        client()
            .await(
                Resources.BINDINGS,
                "gitlab",
                Duration.ofMinutes(1),
                binding -> State.of(binding).word().equals("Bound"));

    assertThat(found).isPresent();
    assertThat(kubectl.commands().getFirst()).doesNotContain("--request-timeout");
  }

  /** The API server ends a watch after some minutes. */
  @Test
  void aWatchThatEndsIsBegunAgain() {
    kubectl
        .answerOnce("--watch", Answers.unseen("gitlab"))
        .answerLasting("--watch", Answers.bound("gitlab"));

    assertThat(
            client()
                .await(
                    Resources.BINDINGS,
                    "gitlab",
                    Duration.ofMinutes(1),
                    binding -> State.of(binding).word().equals("Bound")))
        .isPresent();
    assertThat(kubectl.calls()).hasSize(2);
  }

  @Test
  @Timeout(30)
  void aWatchEndsWithItsTime() {
    kubectl.answerLasting("--watch", Answers.unseen("gitlab"));

    assertThat(client().await(Resources.BINDINGS, "gitlab", Duration.ofMillis(300), any -> false))
        .isEmpty();
  }

  /** A plug-in that logs in, and leaves a process behind. */
  @Test
  @Timeout(30)
  void aCommandEndsWithKubectlAndNotWithWhatKubectlStarted() {
    kubectl.answerLeavingErrorsOpen(".", Answers.list(Answers.bound("gitlab")));

    Run run = kubectl.run("list");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).contains("gitlab");
  }

  @Test
  @Timeout(30)
  void withTheTimeOfAWatchEndsWhatKubectlStarted() {
    kubectl.answerLastingByAnother("--watch", Answers.unseen("gitlab"));

    assertThat(client().await(Resources.BINDINGS, "gitlab", Duration.ofMillis(300), any -> false))
        .isEmpty();
  }

  /** More than a pipe holds, such as a large bundle of certificates. */
  @Test
  @Timeout(30)
  void aKubectlThatReadsNothingEndsWithItsTime() {
    kubectl.ignoreInput();

    assertThatThrownBy(
            () ->
                client(Duration.ZERO, Duration.ofMillis(500))
                    .read(List.of("create", "-f", "-"), new byte[1 << 20]))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.exit()).isEqualTo(Exit.TIMEOUT));
  }

  private Kubectl client() {
    return client(Duration.ofSeconds(10), Duration.ofMinutes(1));
  }

  private Kubectl client(Duration requestTimeout, Duration logIn) {
    Terminal terminal = new Terminal(System.out, System.err, System.in, new Prompt.Nobody());
    return new Kubectl(
        new Kubectl.Connection(kubectl.program().toString(), List.of(), requestTimeout),
        terminal,
        logIn);
  }
}
