package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cli.ScriptedKubectl.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListCommandTest {

  private final ScriptedKubectl kubectl;

  ListCommandTest(@TempDir Path folder) {
    kubectl = new ScriptedKubectl(folder);
  }

  @Test
  void showsWhoseAccessItIsAndWhyItDoesNotWork() {
    kubectl.answer(
        "get codesourcebindings",
        Answers.list(
            Answers.bound("gitlab"),
            Answers.binding("old", "Failed", "TokenExpired", "The token has expired."),
            Answers.unseen("new")));

    Run run = kubectl.run("list");

    assertThat(run.exit()).isZero();
    assertThat(
            run.out()
                .lines()
                .map(line -> line.replaceAll(" {2,}", "|").replaceAll("\\|[0-9]+d$", "|AGE")))
        .containsExactly(
            "NAME|PLATFORM|ACCOUNT|URL|STATUS|REASON|EXPIRES|AGE",
            "gitlab|GitLab|alice|https://git.example.com|Bound|2099-12-31|AGE",
            "old|GitLab|alice|https://git.example.com|Failed|TokenExpired|2099-12-31|AGE",
            "new|GitHub|bob|Not looked at yet|AGE");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void wideHasTheMessage() {
    kubectl.answer(
        "get codesourcebindings",
        Answers.list(Answers.binding("old", "Failed", "TokenExpired", "The token has expired.")));

    assertThat(kubectl.run("list", "-o", "wide").out())
        .contains("REGISTRY")
        .contains("images")
        .contains("The token has expired.");
  }

  @Test
  void everyOptionOfTheConnectionReachesKubectl() {
    kubectl.answer(".", Answers.list());

    kubectl.run(
        "--context=c",
        "list",
        "-n",
        "team-a",
        "--kubeconfig",
        "/k",
        "--as=eve",
        "--as-group=g",
        "--as-group=h",
        "--request-timeout=90s",
        "-l",
        "team=a");

    assertThat(kubectl.calls().getFirst().arguments())
        .containsExactly(
            "get",
            "codesourcebindings.codesource.dev",
            "--selector=team=a",
            "--output=json",
            "--context=c",
            "--kubeconfig=/k",
            "--as=eve",
            "--as-group=g",
            "--as-group=h",
            "--namespace=team-a",
            "--request-timeout=90s");
  }

  @Test
  void allNamespacesAreTold() {
    kubectl.answer(".", Answers.list(Answers.bound("gitlab")));

    Run run = kubectl.run("list", "-A");

    assertThat(run.out()).startsWith("NAMESPACE ").contains("team-a ");
    assertThat(kubectl.commands().getFirst()).contains("--all-namespaces");
  }

  /** As people pipe it into other programs. */
  @Test
  void whatIsForProgramsIsPrintedByKubectlItself() {
    kubectl.answer("--output=yaml", "items: []\n");

    Run run = kubectl.run("list", "-o", "yaml");

    assertThat(run.out()).isEqualTo("items: []\n");
    assertThat(kubectl.commands()).hasSize(1);
  }

  @Test
  void nothingToListIsSaidBesideTheOutput() {
    kubectl.answer(".", Answers.list());

    Run run = kubectl.run("list", "-n", "team-a");

    assertThat(run.exit()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            "There is no binding in the namespace team-a. Make one: kubectl codesource bind\n");
  }

  /** Whoever writes a status, or a name on a code host, writes to the terminal of others. */
  @Test
  void nothingOfOthersChangesTheTerminal() {
    kubectl.answer(
        ".",
        Answers.list(
            Answers.binding("old", "Failed", "TokenExpired", "red \\u001b[31m\\u202e\\r\\nnext")));

    Run run = kubectl.run("list", "-o", "wide");

    assertThat(run.out()).contains("red ?[31m? next").doesNotContain("\u001b", "\u202e", "\r");
    assertThat(run.out().lines()).hasSize(2);
  }
}
