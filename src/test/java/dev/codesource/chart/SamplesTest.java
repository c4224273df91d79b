package dev.codesource.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.Platform;
import dev.codesource.api.TriggerSpec;
import dev.codesource.build.BuildRule;
import dev.codesource.build.BuildRules;
import dev.codesource.build.Builder;
import dev.codesource.build.GitRef;
import dev.codesource.builder.RunKind;
import dev.codesource.reason.Outcomes;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That the API server takes them is for {@link ChartIT}. */
class SamplesTest {
  private static final Path FOLDER = Path.of("deploy/samples");
  private static final Path TRIGGERS = FOLDER.resolve("triggers");
  private static final Path BUILDS = FOLDER.resolve("builds");

  static List<Path> samples() {
    return files(FOLDER);
  }

  static List<Path> triggers() {
    return Stream.of(TRIGGERS, BUILDS).map(SamplesTest::files).flatMap(List::stream).toList();
  }

  static List<Path> builds() {
    return files(BUILDS);
  }

  static List<Path> all() {
    return Stream.of(FOLDER, TRIGGERS, BUILDS)
        .map(SamplesTest::files)
        .flatMap(List::stream)
        .toList();
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void thereIsOneForEachPlatform() {
    assertThat(samples().stream().flatMap(file -> bindings(file).stream()))
        .extracting(binding -> binding.at("/spec/platform").asText())
        .contains(Stream.of(Platform.values()).map(Platform::name).toArray(String[]::new));
  }

  @Test
  void thereIsATriggerForEachPlatform() {
    assertThat(files(TRIGGERS).stream().flatMap(file -> bindings(file).stream()))
        .extracting(binding -> binding.at("/spec/platform").asText())
        .contains(Stream.of(Platform.values()).map(Platform::name).toArray(String[]::new));
  }

  /** Whatever a trigger has that the operator would refuse: the API server takes any pattern. */
  @ParameterizedTest
  @MethodSource("triggers")
  void aTriggerHasItsBindingBesideItAndRulesThatCanBeUsed(Path file) throws IOException {
    Manifests manifests = new Manifests(Chart.documents(file));
    JsonNode trigger = only(manifests.all("CodeSourceTrigger"));
    TriggerSpec spec =
        Serialization.jsonMapper().convertValue(trigger.path("spec"), TriggerSpec.class);

    assertThat(spec.bindingRef().name())
        .isEqualTo(only(bindings(file)).at("/metadata/name").asText());
    List<BuildRule> rules = Outcomes.done(BuildRules.of(spec));
    assertThat(tags(rules, "refs/heads/main")).containsExactly("main-0123456");
    assertThat(tags(rules, "refs/tags/v1.2")).containsExactly("1.2");
    assertThat(Files.readString(file)).contains("# Change: ");
    assertThat(Files.readString(Path.of("README.md"))).contains("](%s)".formatted(file));
  }

  @Test
  void thereIsASetForEachBuilder() {
    assertThat(builds().stream().map(SamplesTest::builder).map(RunKind::builder))
        .contains(Stream.of(RunKind.values()).map(RunKind::builder).toArray(String[]::new));
  }

  private static Builder.InCluster builderOf(Path file) {
    JsonNode trigger = only(new Manifests(Chart.documents(file)).all("CodeSourceTrigger"));
    TriggerSpec spec =
        Serialization.jsonMapper().convertValue(trigger.path("spec"), TriggerSpec.class);
    return (Builder.InCluster) Builder.of(spec.builders(), spec.rules().getFirst()).orElseThrow();
  }

  private static RunKind builder(Path file) {
    return RunKind.of(builderOf(file));
  }

  /** All that a builder needs, and nothing that another one needs. */
  @ParameterizedTest
  @MethodSource("builds")
  void aSetIsComplete(Path file) throws IOException {
    Manifests manifests = new Manifests(Chart.documents(file));
    RunKind kind = builder(file);
    JsonNode trigger = only(manifests.all("CodeSourceTrigger"));
    JsonNode binding = only(manifests.all("CodeSourceBinding"));
    JsonNode account = only(manifests.all("ServiceAccount"));
    JsonNode role = only(manifests.all("RoleBinding"));
    JsonNode registry = named(manifests, "registry");

    assertThat(Manifests.texts(binding.at("/spec/publish")))
        .containsExactly(builderOf(file).publication().name());
    assertThat(account.at("/metadata/name").asText())
        .isEqualTo(trigger.at("/spec/serviceAccountName").asText("codesource-builder"))
        .isEqualTo(role.at("/subjects/0/name").asText());
    assertThat(account.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(role.at("/roleRef/name").asText())
        .isIn(
            Chart.render(
                    "--set",
                    "operator.builders={Tekton,Shipwright,Kpack,BuildKit},fullnameOverride=codesource-operator")
                .all("ClusterRole")
                .stream()
                .map(each -> each.at("/metadata/name").asText())
                .toList())
        .endsWith("-builder-" + kind.builder());
    assertThat(registry.path("type").asText()).isEqualTo("kubernetes.io/dockerconfigjson");
    // Of the one or the other.
    String published = binding.at("/metadata/name").asText() + "-" + kind.builder();
    List<String> secrets =
        Manifests.each(account.path("secrets")).map(each -> each.path("name").asText()).toList();
    if (trigger.at("/spec/pushSecretRef/name").asText().equals("registry")) {
      assertThat(kind).isIn(RunKind.BuildRun, RunKind.Job);
      assertThat(secrets).isEmpty();
    } else {
      assertThat(kind).isIn(RunKind.PipelineRun, RunKind.TaskRun, RunKind.Build);
      assertThat(secrets).containsExactly(published, "registry");
    }
    if (builderOf(file) instanceof Builder.Tekton tekton) {
      JsonNode pipeline = only(manifests.all("Pipeline"));
      assertThat(pipeline.at("/metadata/name").asText()).isEqualTo(tekton.reference());
      assertThat(
              Manifests.each(pipeline.at("/spec/params")).map(each -> each.path("name").asText()))
          .containsExactlyInAnyOrderElementsOf(tekton.params().keySet());
      // A parameter in the text of a script would be a part of the script.
      assertThat(pipeline.findValues("script"))
          .isNotEmpty()
          .noneMatch(script -> script.asText().contains("$(params"));
    }
    assertThat(Files.readString(Path.of("docs/builds.md"))).contains("](../%s)".formatted(file));
  }

  /** As the first lines of the file say. */
  @ParameterizedTest
  @MethodSource("builds")
  void whatIsChangedIsMarked(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    for (int value = 1; value <= 3; value++) {
      assertThat(lines)
          .as(file + ": " + value)
          .anyMatch(Pattern.compile("# " + value + "$").asPredicate());
    }
    assertThat(lines)
        .filteredOn(line -> line.contains("group/shop #") || line.contains("registry.example.com/"))
        .allMatch(line -> line.matches(".*# [123]$"));
  }

  private static List<String> tags(List<BuildRule> rules, String ref) {
    return rules.stream()
        .flatMap(
            rule ->
                rule
                    .imageTags(
                        Outcomes.done(GitRef.of(ref)), "0123456".repeat(5) + "01234", Instant.EPOCH)
                    .stream())
        .flatMap(tags -> Outcomes.done(tags).stream())
        .toList();
  }

  private static JsonNode only(List<JsonNode> objects) {
    assertThat(objects).hasSize(1);
    return objects.getFirst();
  }

  @ParameterizedTest
  @MethodSource("all")
  void saysWhereItsTokenIsMade(Path file) throws IOException {
    assertThat(Files.readString(file)).contains("# The token: ");
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyTokenMayGoWhereItsBindingSends(Path file) {
    Manifests manifests = new Manifests(Chart.documents(file));
    assertThat(bindings(file))
        .isNotEmpty()
        .allSatisfy(
            binding -> {
              JsonNode secret = named(manifests, binding.at("/spec/tokenSecretRef/name").asText());
              assertThat(secret.path("type").asText()).isEqualTo("codesource.dev/token");
              assertThat(secret.path("stringData"))
                  .filteredOn(value -> value.asText().contains("REPLACE_ME"))
                  .as("what only the user knows")
                  .isNotEmpty();
              JsonNode url = binding.at("/spec/url");
              assertThat(url.isMissingNode() ? "a public site" : url.asText())
                  .isIn("a public site", secret.at("/stringData/url").asText());
            });
  }

  private static List<JsonNode> bindings(Path file) {
    return new Manifests(Chart.documents(file)).all("CodeSourceBinding");
  }

  private static JsonNode named(Manifests manifests, String secret) {
    return manifests.all("Secret").stream()
        .filter(object -> object.at("/metadata/name").asText().equals(secret))
        .findFirst()
        .orElseThrow();
  }
}
