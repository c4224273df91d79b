package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cli.ScriptedKubectl.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GetCommandTest {

  private final ScriptedKubectl kubectl;

  GetCommandTest(@TempDir Path folder) {
    kubectl = new ScriptedKubectl(folder);
  }

  @Test
  void showsTheChecksAndWhatUsesTheBinding() {
    kubectl
        .answer(
            "get codesourcebindings",
            Answers.binding("gitlab", "Failed", "TokenExpired", "The token has expired."))
        .answer("get codesourcetriggers", Answers.list(Answers.trigger("shop")));

    Run run = kubectl.run("get", "gitlab");

    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains("Binding      gitlab in the namespace team-a\n")
        .contains("Status       Failed: TokenExpired\n             The token has expired.\n")
        .contains("Account      alice (42)\n")
        .contains("Credential   the Secret gitlab-token\n")
        .contains("Scopes       api, read_user\n")
        .contains("  ✔ AddressValid      The operator may connect to the address.\n")
        .contains("  ✗ Authenticated     The token has expired.\n")
        .contains("  – Published         not checked\n")
        .contains("  shop      group/shop   Active   Watching\n");
    assertThat(kubectl.commands().getLast())
        .contains("--field-selector=spec.bindingRef.name=gitlab");
  }

  @Test
  void whoMayNotListTriggersSeesTheBinding() {
    kubectl
        .answer("get codesourcebindings", Answers.bound("gitlab"))
        .fail(
            "get codesourcetriggers",
            "Error from server (Forbidden): codesourcetriggers.codesource.dev is forbidden");

    Run run = kubectl.run("get", "gitlab");

    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("Status       Bound\n").doesNotContain("TRIGGER");
    assertThat(run.err()).contains("The triggers are not shown: ").contains("is forbidden");
  }

  /** kubectl would read them as something else: another kind, all objects, an option. */
  @ParameterizedTest
  @ValueSource(strings = {"secret/token", "a,b", "A", "", "../x", "a b"})
  void whatIsNoNameIsNotHandedOn(String name) {
    Run run = kubectl.run("get", name);

    assertThat(run.exit()).isEqualTo(2);
    assertThat(kubectl.calls()).isEmpty();
  }
}
