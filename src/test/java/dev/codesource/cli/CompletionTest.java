package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cli.ScriptedKubectl.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionTest {

  private final ScriptedKubectl kubectl;

  CompletionTest(@TempDir Path folder) {
    kubectl =
        new ScriptedKubectl(folder)
            .answer(
                "^get codesourcebindings",
                "codesourcebinding.codesource.dev/github\ncodesourcebinding.codesource.dev/gitlab\n")
            .answer("^get codesourcetriggers", "codesourcetrigger.codesource.dev/shop\n")
            .answer("^get namespaces", "namespace/team-a\nnamespace/other\n")
            .answer("^config get-contexts", "kind\nprod\n");
  }

  /** The candidates without their descriptions, and the directive. */
  private List<String> complete(String... words) {
    Run run =
        kubectl.run(
            Stream.concat(Stream.of("__complete"), Stream.of(words)).toArray(String[]::new));
    assertThat(run.exit()).isZero();
    assertThat(run.err()).isEmpty();
    return run.out().lines().map(line -> line.replaceFirst("\t.*", "")).toList();
  }

  /** Words are separated by a blank; a blank at the end begins an empty one. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          un|unbind :4
          trigger |list create explain :4
          trigger li|list :4
          get |github gitlab :4
          get gitl|gitlab :4
          get gitlab |:4
          build |shop :4
          trigger explain |shop :4
          trigger explain shop |:4
          suspend |github gitlab :4
          suspend --trigger |shop :4
          page --trigger |shop :4
          list -o |table wide json yaml name :4
          list -o=w|wide :4
          list --output=w|wide :4
          bind --platform Git|GitLab GitHub Gitee Gitea :4
          bind --publish Flux,T|Flux,Tekton :4
          bind --publish=Flux,T|Flux,Tekton :4
          trigger create --mode |Webhook Poll :4
          trigger create --binding gith|github :4
          list -n t|team-a :4
          list --context |kind prod :4
          completion |bash zsh fish :4
          completion --install |:4
          bind --token-file |:0
          bind |:4
          nonsense |:4
          get --suspicious=|:4
          get --|--output --namespace --context --kubeconfig --as --as-group --request-timeout --help :4
          get --as-group x --as-|--as-group :4
          """)
  void whatMayBeTypedNextIsProposed(String typed, String proposed) {
    assertThat(complete(typed.split(" ", -1))).containsExactlyInAnyOrder(proposed.split(" "));
  }

  @Test
  void aCandidateHasADescription() {
    assertThat(kubectl.run("__complete", "sus").out())
        .isEqualTo("suspend\tStop verifying a binding, or noticing pushes of a trigger.\n:4\n");
  }

  /** A name of another cluster would be none. */
  @Test
  void namesAreOfTheClusterThatWasTyped() {
    complete("get", "--context=prod", "-n", "team-a", "--as", "eve", "");

    assertThat(kubectl.commands())
        .containsExactly(
            "get codesourcebindings.codesource.dev --output=name --context=prod --as=eve --namespace=team-a --request-timeout=3s");
  }

  /** Whoever presses a key must not be shown failures. */
  @Test
  void whoMayNotAskIsProposedNothing(@TempDir Path other) {
    Run run =
        new ScriptedKubectl(other)
            .fail(".", "Error from server (Forbidden): you may not")
            .run("__complete", "get", "");

    assertThat(run.exit()).isZero();
    assertThat(run.out()).isEqualTo(":4\n");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void anOptionIsProposedOnce() {
    assertThat(complete("list", "--all-namespaces", "--all")).containsExactly(":4");
    assertThat(complete("list", "-A", "--all")).containsExactly(":4");
  }

  @Test
  void kubectlsProgramIsInstalled(@TempDir Path folder) {
    Run run =
        kubectl.runIn(
            Map.of("PATH", "/usr/bin:" + folder), "completion", "--install", folder.toString());

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.err()).isEmpty();
    Path program = folder.resolve("kubectl_complete-codesource");
    assertThat(program).isExecutable().content().startsWith("#!/bin/sh\n");
    assertThat(folder).isDirectoryNotContaining(each -> !each.equals(program));
    // Again, as for an update.
    assertThat(kubectl.run("completion", "--install", folder.toString()).exit()).isZero();
    assertThat(kubectl.run("completion", "--install", folder.toString()).err())
        .contains("is not in the PATH");
  }

  @Test
  void aProgramOfSomebodyElseIsKept(@TempDir Path folder) throws java.io.IOException {
    Path program = Files.writeString(folder.resolve("kubectl_complete-codesource"), "own");

    Run run = kubectl.run("completion", "--install", folder.toString());

    assertThat(run.exit()).isEqualTo(1);
    assertThat(program).hasContent("own");
  }

  @ParameterizedTest
  @CsvSource({"completion", "completion tcsh", "completion bash --install=/tmp"})
  void aShellOrAFolderIsNeeded(String line) {
    assertThat(kubectl.run(line.split(" ")).exit()).isEqualTo(2);
  }

  @Test
  void whereNothingCanBeWrittenIsSaid(@TempDir Path folder) {
    Run run = kubectl.run("completion", "--install", folder.resolve("missing").toString());

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("no program can be written");
  }
}
