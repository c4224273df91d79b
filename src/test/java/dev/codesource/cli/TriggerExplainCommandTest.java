package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cli.ScriptedKubectl.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TriggerExplainCommandTest {

  private final ScriptedKubectl kubectl;

  TriggerExplainCommandTest(@TempDir Path folder) {
    kubectl =
        new ScriptedKubectl(folder)
            .answer("^get codesourcetriggers.codesource.dev shop ", Answers.trigger("shop"));
  }

  @Test
  void showsWhichRulesMatchAndWhatTheImagesAreCalled() {
    Run run = kubectl.run("trigger", "explain", "shop", "refs/tags/v1.2");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out())
        .isEqualTo("RULE      IMAGES\nrelease   registry.example.com/team-a/shop:1.2\n");
    assertThat(run.err())
        .isEqualTo("0123456789abcdef0123456789abcdef01234567 stands for the commit.\n");
    // Nothing is written.
    assertThat(kubectl.commands()).hasSize(1);
  }

  @Test
  void aShortNameMayBeABranch() {
    assertThat(kubectl.run("trigger", "explain", "shop", "main").out())
        .contains("main   registry.example.com/team-a/shop:main-0123456\n");
  }

  @Test
  void thatNoRuleMatchesIsCode1() {
    Run run = kubectl.run("trigger", "explain", "shop", "other");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEqualTo("error: No rule matches \"other\".\n");
  }

  @Test
  void forProgramsThereIsJson() {
    assertThat(kubectl.run("trigger", "explain", "shop", "v1.2", "-o", "json").out())
        .isEqualToIgnoringWhitespace(
            "{\"ref\":\"v1.2\",\"rules\":[{\"name\":\"release\",\"images\":[\"registry.example.com/team-a/shop:1.2\"]}]}");
  }

  @Test
  void aRuleThatMakesNoNameSaysWhy(@TempDir Path other) {
    String dots = Answers.trigger("shop").replace("v(?<version>[0-9.]+)", "v(?<version>.*)");
    Run run =
        new ScriptedKubectl(other)
            .answer(".", dots)
            .run("trigger", "explain", "shop", "refs/tags/v+1");

    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("release   none: ");
  }

  @Test
  void pathsAreMentioned(@TempDir Path other) {
    String paths =
        Answers.trigger("shop")
            .replace(
                "\"branch\":\"main\"", "\"branch\":\"main\",\"paths\":{\"include\":[\"api/**\"]}");

    assertThat(
            new ScriptedKubectl(other)
                .answer(".", paths)
                .run("trigger", "explain", "shop", "main")
                .err())
        .contains("The rule main builds only if a file that its paths name was changed.");
  }

  /** Of an operator that is newer than the plug-in. */
  @Test
  void whatIsNotKnownIsSaidToBeNewer(@TempDir Path other) {
    String newer =
        Answers.trigger("shop").replace("\"rules\":[", "\"mode\":\"Stream\",\"rules\":[");

    Run run =
        new ScriptedKubectl(other).answer(".", newer).run("trigger", "explain", "shop", "main");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("error: The trigger shop has")
        .endsWith("install that of the operator.\n");
  }
}
