package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cli.ScriptedKubectl.Run;
import java.nio.file.Path;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuildCommandTest {

  private static final String MAIN = "refs/heads/main";

  private final ScriptedKubectl kubectl;

  BuildCommandTest(@TempDir Path folder) {
    kubectl = new ScriptedKubectl(folder);
  }

  /** Answers that repeat the value of the request, as the operator does. */
  private ScriptedKubectl built(String... states) {
    StringBuilder watched =
        new StringBuilder(trigger("none", build("Succeeded", "old-run", "2026-01-01")));
    for (String state : states) {
      watched.append(trigger("REQUEST", build(state, "shop-run", "2026-02-02")));
    }
    return kubectl
        .answer(
            "get codesourcetriggers.codesource.dev shop --output",
            trigger("none", build("Succeeded", "old-run", "2026-01-01")))
        .answer("^patch", "{}")
        .answerLasting("--watch", watched.toString());
  }

  @Test
  void followsTheBuildThatWasAskedForToItsEnd() {
    Run run = built("Due", "Pending", "Running", "Succeeded").run("build", "shop", "--rule=main");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo("Succeeded: main 0123abc\nDigest sha256:1\n");
    assertThat(run.err()).contains("Running: Job/shop-run\n");
    assertThat(kubectl.commands().get(1))
        .startsWith("patch codesourcetriggers.codesource.dev shop --type=merge")
        .contains(
            "{\"metadata\":{\"annotations\":{\"codesource.dev/build\":\"main@refs/heads/main 20");
  }

  @ParameterizedTest
  @CsvSource({"Failed,1", "Cancelled,1", "Delivered,0"})
  void theCodeIsThatOfTheBuild(String state, int exit) {
    Run run = built("Running", state).run("build", "shop", "--rule=main");

    assertThat(run.exit()).isEqualTo(exit);
    assertThat(run.out()).startsWith(state + ": main");
    assertThat(run.err().contains("kubectl codesource logs shop")).isEqualTo(exit == 1);
  }

  /** Otherwise the end of another build would be told as that of this one. */
  @Test
  void aBuildThatWasThereBeforeIsNotTheOneThatWasAskedFor() {
    kubectl
        .answer(
            "get codesourcetriggers.codesource.dev shop --output",
            trigger("none", build("Succeeded", "old-run", "2026-01-01")))
        .answer("^patch", "{}")
        .answerLasting("--watch", trigger("REQUEST", build("Succeeded", "old-run", "2026-01-01")))
        .answer(
            "get events",
            "{\"items\":[{\"metadata\":{\"creationTimestamp\":\"2026\"},\"message\":\"The"
                + " repository has no refs/heads/gone.\"}]}");

    Run run = kubectl.run("build", "shop", "gone", "--rule=main");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("error: The repository has no refs/heads/gone.");
  }

  @Test
  void whoDoesNotWaitIsToldThatItIsAskedFor() {
    Run run = built().run("build", "shop", "v1.2", "--rule=release", "--no-wait");

    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .isEqualTo("The build of refs/tags/v1.2 by the rule release is asked for.\n");
    assertThat(kubectl.calls()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "build shop",
        "build shop --rule=none",
        "build shop --rule=release",
        "build shop/x"
      })
  void whatCannotBeAskedForIsNotAskedFor(String line) {
    Run run = built().run(line.split(" "));

    assertThat(run.exit()).isEqualTo(2);
    assertThat(kubectl.commands()).noneMatch(command -> command.startsWith("patch"));
  }

  @Test
  void withoutABuilderTheCommitIsOnlyNoticed() {
    kubectl
        .answer("get codesourcetriggers.codesource.dev shop --output", trigger("none", "{}"))
        .answer("^patch", "{}")
        .answerLasting(
            "--watch",
            trigger("REQUEST", build("Due", "", "2026-02-02"))
                .replaceFirst("\"builders\":\\[[^]]*],", ""));

    Run run = kubectl.run("build", "shop", "--rule=main");

    assertThat(run.exit()).isZero();
    assertThat(run.err()).contains("The trigger has no builder");
  }

  @ParameterizedTest
  @CsvSource({
    "Job,job/shop-run",
    "PipelineRun,-l=tekton.dev/pipelineRun=shop-run",
    "TaskRun,-l=tekton.dev/taskRun=shop-run",
    "BuildRun,-l=buildrun.shipwright.io/name=shop-run",
    "Build,shop-run-build-pod"
  })
  void theLogIsOfThePodsOfWhatBuilds(String kind, String of) {
    kubectl
        .answer(
            "get codesourcetriggers",
            trigger(
                "none",
                build("Running", "shop-run", "2026-02-02").replace("\"Job\"", "\"" + kind + "\"")))
        .answer("^logs", "step 1\nstep 2\n");

    Run run = kubectl.run("logs", "shop", "-f");

    assertThat(run.exit()).isZero();
    assertThat(run.out()).isEqualTo("step 1\nstep 2\n");
    assertThat(kubectl.commands().getLast())
        .startsWith("logs " + of + " --all-containers --ignore-errors --tail=-1")
        .contains("--follow")
        .doesNotContain("--request-timeout");
  }

  /** Whoever may write a status may not have others run kubectl with an option of theirs. */
  @Test
  void aNameThatIsNoneIsNotHandedToKubectl() {
    kubectl.answer(
        "get codesourcetriggers",
        trigger("none", build("Running", "x --kubeconfig=/evil", "2026-02-02")));

    assertThat(kubectl.run("logs", "shop").exit()).isEqualTo(2);
    assertThat(kubectl.calls()).hasSize(1);
  }

  @Test
  void beforeTheFirstBuildThereIsNoLog() {
    kubectl.answer("get codesourcetriggers", Answers.trigger("shop"));

    Run run = kubectl.run("logs", "shop");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("error: Nothing was built yet.\n");
  }

  @Test
  void triggersAreListedWithTheirLastBuild() {
    kubectl.answer(
        "get codesourcetriggers",
        Answers.list(trigger("none", build("Failed", "shop-run", "2026-02-02"))));

    Run run = kubectl.run("trigger", "list", "--binding=gitlab");

    assertThat(
            run.out()
                .lines()
                .map(line -> line.replaceAll(" {2,}", "|").replaceAll("\\|[0-9]+d$", "|AGE")))
        .containsExactly(
            "NAME|BINDING|REPOSITORY|NOTICED-BY|STATUS|REASON|LAST-BUILD|AGE",
            "shop|gitlab|group/shop|Poll|Active|Watching|main Failed|AGE");
    assertThat(kubectl.commands().getFirst())
        .contains("--field-selector=spec.bindingRef.name=gitlab");
  }

  private static String build(String state, String object, String foundAt) {
    return """
    {"ref":"%s","sha":"0123abc","foundAt":"%s","foundBy":"Annotation","state":"%s","digest":"sha256:1"%s}\
    """
        .formatted(
            MAIN,
            foundAt,
            state,
            object.isEmpty()
                ? ""
                : ",\"object\":{\"kind\":\"Job\",\"name\":\"%s\"}".formatted(object));
  }

  private static String trigger(String handled, String lastBuild) {
    return Answers.trigger("shop")
        .replaceFirst(
            "\"spec\":\\{", "\"spec\":{\"builders\":[{\"name\":\"buildkit\",\"buildkit\":{}}],")
        .replaceFirst(
            "\"mode\":",
            Matcher.quoteReplacement(
                "\"lastHandledBuild\":\"%s\",\"rules\":[{\"name\":\"main\",\"lastBuild\":%s}],\"mode\":"
                    .formatted(handled, lastBuild)));
  }
}
