package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cli.ScriptedKubectl.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  private final ScriptedKubectl kubectl;

  MainTest(@TempDir Path folder) {
    kubectl = new ScriptedKubectl(folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "lst", "list --nope", "list -o html", "get", "list --request-timeout=soon"})
  void aCommandLineThatCannotBeUnderstoodIsCode2(String line) {
    Run run = kubectl.run(line.isEmpty() ? new String[0] : line.split(" "));

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("error: ").doesNotContain("Exception");
    assertThat(kubectl.calls()).isEmpty();
  }

  /** Only commands that are typed are read, and a value may be called as one. */
  @Test
  void aValueMayBeCalledAsACommand() {
    kubectl.answer("^get codesourcebindings.codesource.dev list ", Answers.bound("list"));

    Run run = kubectl.run("-n", "version", "get", "list");

    assertThat(run.out()).as(run.err()).startsWith("Binding").contains("list");
    assertThat(kubectl.commands().getFirst()).contains("--namespace=version");
  }

  @Test
  void anAliasIsACommand() {
    kubectl.answer(".", Answers.list(Answers.bound("gitlab")));

    assertThat(kubectl.run("ls").out()).contains("gitlab");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--help list", "list --help"})
  void helpKnowsAllCommands(String line) {
    String help = kubectl.run(line.split(" ")).out();

    assertThat(help)
        .containsPattern(line.startsWith("--help") ? "(?m)^ {2}unbind " : "(?m)^Usage: .* list ");
  }

  @Test
  void whatIsAlikeIsLookedForAmongAllCommands() {
    Run run = kubectl.run("unbnd", "list");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).containsOnlyOnce("error: ").contains("Did you mean unbind");
  }

  @Test
  void aMisspelledCommandIsGuessed() {
    assertThat(kubectl.run("lst").err()).contains("Did you mean ls or list or install?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "list --help", "get -h"})
  void helpIsWhatWasAskedFor(String line) {
    Run run = kubectl.run(line.split(" "));

    assertThat(run.exit()).isZero();
    assertThat(run.out()).startsWith("Usage: kubectl codesource").doesNotContain("\u001b");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void theVersionSaysWhatTheClusterServes() {
    kubectl.answer(
        "get --raw /apis/codesource.dev",
        "{\"kind\":\"APIGroup\",\"versions\":[{\"groupVersion\":\"codesource.dev/v1alpha1\"}]}");

    assertThat(kubectl.run("version").out())
        .isEqualTo("Plug-in   development\nCluster   codesource.dev/v1alpha1\n");
    assertThat(kubectl.run("version", "-o", "json").out()).contains("\"served\" : [");
    assertThat(kubectl.run("version", "--client").out()).isEqualTo("Plug-in   development\n");
    assertThat(kubectl.calls()).hasSize(2);
  }
}
