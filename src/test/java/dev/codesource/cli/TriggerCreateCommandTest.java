package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.cli.ScriptedKubectl.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TriggerCreateCommandTest {

  private static final String IMAGE = "registry.example.com/team-a/shop";
  private static final String[] COMPLETE = {
    "trigger", "create", "--binding=gitlab", "--repository=group/shop", "--branch=main"
  };

  private final ScriptedKubectl kubectl;

  TriggerCreateCommandTest(@TempDir Path folder) {
    kubectl = new ScriptedKubectl(folder);
  }

  private ScriptedKubectl made(String... watched) {
    return kubectl
        .answer("--dry-run=server", "codesourcetrigger/shop")
        .answer("^get codesourcebindings", Answers.bound("gitlab"))
        .answer("^create", Answers.trigger("shop"))
        .answerLasting("--watch", String.join("", watched));
  }

  private JsonNode spec() throws IOException {
    return Json.TREES.readTree(kubectl.calls().getFirst().input()).path("spec");
  }

  @Test
  void makesTheTriggerAndWaitsUntilPushesAreNoticed() throws IOException {
    made(
        Answers.trigger("shop", "Pending", "Queued", "Others come first."),
        Answers.trigger("shop"));

    Run run = kubectl.run(COMPLETE);

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo("Active (Watching): Pushes are noticed.\n");
    assertThat(run.err()).isEqualTo("Waiting: Queued: Others come first.\n");
    JsonNode made = Json.TREES.readTree(kubectl.calls().get(1).input());
    assertThat(Json.name(made)).isEqualTo("shop");
    assertThat(made.path("spec").toString())
        .isEqualTo(
            "{\"bindingRef\":{\"name\":\"gitlab\"},\"repository\":\"group/shop\",\"rules\":[{\"name\":\"main\",\"branch\":\"main\"}]}");
  }

  @Test
  void everyPatternIsARuleWithANameOfItsOwn() throws IOException {
    made(Answers.trigger("shop"));

    kubectl.run(
        concat(
            COMPLETE,
            "--branch=release-.*",
            "--branch=hotfix-.*",
            "--tag=v(?<version>[0-9.]+)",
            "--tag=Main",
            "--image=" + IMAGE,
            "--image-tag=${shortSha},latest",
            "--context-dir=api",
            "--dockerfile=Containerfile",
            "--mode=Poll",
            "--interval=5m",
            "--service-account=ci",
            "--push-secret=registry"));

    assertThat(Json.elements(spec(), "rules").map(rule -> Json.text(rule, "name")))
        .containsExactly("main", "branches", "branches-2", "tags", "main-2");
    assertThat(spec().path("rules").path(3).toString())
        .isEqualTo(
            "{\"name\":\"tags\",\"tag\":\"v(?<version>[0-9.]+)\",\"imageTags\":[\"${shortSha}\",\"latest\"],\"contextDir\":\"api\",\"dockerfile\":\"Containerfile\"}");
    assertThat(Json.text(spec(), "image")).isEqualTo(IMAGE);
    assertThat(Json.text(spec(), "mode")).isEqualTo("Poll");
    assertThat(Json.text(spec(), "interval")).isEqualTo("5m");
    assertThat(Json.text(spec(), "serviceAccountName")).isEqualTo("ci");
    assertThat(Json.text(spec(), "pushSecretRef", "name")).isEqualTo("registry");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          --pipeline=build --param=image=${image} | {"name":"tekton","tekton":{"pipelineRef":{"name":"build"},"params":{"image":"${image}"}}} | Tekton
          --task=build | {"name":"tekton","tekton":{"taskRef":{"name":"build"}}} | Tekton
          --strategy=buildkit | {"name":"shipwright","shipwright":{"strategy":{"name":"buildkit"}}} | Shipwright
          --strategy=BuildStrategy/own | {"name":"shipwright","shipwright":{"strategy":{"name":"own","kind":"BuildStrategy"}}} | Shipwright
          --buildpacks=paketobuildpacks/builder-jammy-base | {"name":"kpack","kpack":{"builderImage":"paketobuildpacks/builder-jammy-base"}} | Kpack
          --buildkit | {"name":"buildkit","buildkit":{}} | BuildKit
          --buildkit=tcp://buildkitd.build.svc:1234 | {"name":"buildkit","buildkit":{"address":"tcp://buildkitd.build.svc:1234"}} | BuildKit
          """)
  void aBuilderIsNamedAndWhatTheBindingMustPublishForIt(
      String options, String builder, String publication) throws IOException {
    made(Answers.trigger("shop"));

    Run run =
        kubectl.run(
            concat(
                concat(COMPLETE, "-n", "team-a", "--image=" + IMAGE, "--no-wait"),
                options.split(" ")));

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(spec().path("builders").toString()).isEqualTo("[" + builder + "]");
    assertThat(run.err())
        .isEqualTo(
            "The builder needs a Secret that the binding gitlab does not publish yet. Publish it: kubectl -n team-a patch csb gitlab --type=merge -p '{\"spec\":{\"publish\":[\"Flux\",\"%s\"]}}'\n"
                .formatted(publication));
  }

  @Test
  void aSinkNeedsNothingPublished() throws IOException {
    made(Answers.trigger("shop"));

    Run run = kubectl.run(concat(COMPLETE, "--sink=ci"));

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(spec().path("builders").toString())
        .isEqualTo("[{\"name\":\"sink\",\"sink\":{\"name\":\"ci\"}}]");
    assertThat(run.err()).isEmpty();
    assertThat(kubectl.commands()).noneMatch(command -> command.contains("codesourcebindings"));
  }

  @Test
  void whatTheOperatorRefusesIsSaidWithItsRemedy() {
    made(Answers.trigger("shop", "Failed", "RepositoryNotFound", "There is none. Check the path."));

    Run run = kubectl.run(COMPLETE);

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out())
        .isEqualTo("Failed (RepositoryNotFound): There is none. Check the path.\n");
  }

  /** Pushes are noticed all the same, and the operator says it a moment later. */
  @Test
  void thatNothingCanBeBuiltYetIsSaid() {
    String later =
        Answers.trigger("shop")
            .replace(
                "\"conditions\":[",
                "\"conditions\":[{\"type\":\"BuilderReady\",\"status\":\"False\",\"reason\":\"ServiceAccountNotFound\",\"message\":\"There is none. Create it.\"},");
    kubectl.answerOnce("--watch", Answers.trigger("shop"));
    made(later);

    Run run = kubectl.run(concat(COMPLETE, "--pipeline=build"));

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out())
        .isEqualTo(
            "Active (Watching): Pushes are noticed.\nIt cannot be built yet (ServiceAccountNotFound): There is none. Create it.\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trigger create",
        "trigger create --binding=gitlab --repository=group/shop",
        "trigger create --binding=gitlab --branch=main",
        "trigger create --binding=gitlab --repository=group/shop --branch=main Big",
        "trigger create --binding=gitlab --repository=group/shop --branch=main( shop",
        "trigger create --binding=gitlab --repository=group/shop --branch=main --image-tag=${nope}",
        "trigger create --binding=gitlab --repository=group/shop --branch=main --task=a --buildkit",
        "trigger create --binding=gitlab --repository=group/shop --branch=main --sink=a --param=b=c",
        "trigger create --binding=gitlab --repository=group/shop --branch=main --task=a --param=b=${nope}",
        "trigger create --binding=gitlab --repository=group/shop --branch=main --mode=Guess"
      })
  void whatCannotBeMadeIsRefusedBeforeAnythingIsSent(String line) {
    Run run = kubectl.run(line.split(" "));

    assertThat(run.exit()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).doesNotContain("fault of the plug-in");
    assertThat(kubectl.calls()).isEmpty();
  }

  @Test
  void asksForWhatIsMissing() throws IOException {
    made(Answers.trigger("shop")).typing("gitlab", "group/Shop_2", "release-.*");

    Run run = kubectl.run("trigger", "create");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(Json.name(Json.TREES.readTree(kubectl.calls().getFirst().input())))
        .isEqualTo("shop-2");
  }

  @Test
  void aDryRunMakesNothing() {
    made();

    Run run = kubectl.run(concat(COMPLETE, "--dry-run"));

    assertThat(run.exit()).isZero();
    assertThat(run.out()).isEqualTo("The API server would make the trigger shop.\n");
    assertThat(kubectl.commands()).hasSize(1).allMatch(c -> c.contains("--dry-run=server"));
  }

  @Test
  void forARepositoryTheTriggerIsPrintedAndNobodyIsAsked() {
    kubectl.answer("--dry-run=client", "apiVersion: codesource.dev/v1alpha1\n");

    Run run = kubectl.run(concat(COMPLETE, "--task=build", "-o", "yaml"));

    assertThat(run.exit()).isZero();
    assertThat(run.out()).isEqualTo("apiVersion: codesource.dev/v1alpha1\n");
    assertThat(kubectl.calls()).hasSize(1);
  }

  private static String[] concat(String[] some, String... more) {
    return Stream.of(some, more).flatMap(Arrays::stream).toArray(String[]::new);
  }
}
