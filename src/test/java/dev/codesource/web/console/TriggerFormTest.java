package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerSpec;
import dev.codesource.build.Builder;
import dev.codesource.web.console.FormPage.Wrong;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TriggerFormTest {

  private static TriggerForm filled(String... pairs) {
    return new TriggerForm("team-a", "gitlab", Optional.empty(), Sample.entries(pairs));
  }

  @Test
  void whatIsFilledInBecomesATrigger() {
    TriggerForm form =
        filled(
            "name", "shop",
            "repository", "group/shop",
            "image", "registry.example.com/shop",
            "rule0", "main",
            "kind0", "branch",
            "pattern0", "main",
            "rule1", "releases",
            "kind1", "tag",
            "pattern1", "v.*",
            "tags1", "${ref}, latest",
            "builder", "pipeline",
            "reference", "build");

    assertThat(form.wrongs()).isEmpty();
    CodeSourceTrigger trigger =
        Sample.SERIALIZATION.unmarshal(form.trigger(), CodeSourceTrigger.class);
    assertThat(trigger.getSpec().bindingRef().name()).isEqualTo("gitlab");
    assertThat(trigger.getSpec().rules()).hasSize(2);
    assertThat(trigger.getSpec().rules().get(0).branch()).isEqualTo("main");
    assertThat(trigger.getSpec().rules().get(1).tag()).isEqualTo("v.*");
    assertThat(trigger.getSpec().rules().get(1).imageTags()).containsExactly("${ref}", "latest");
    assertThat(trigger.getSpec().builders().getFirst().tekton().pipelineRef().name())
        .isEqualTo("build");
  }

  @Test
  void eachErrorIsToldAtItsField() {
    assertThat(filled("name", "A", "rule1", "x", "builder", "task").wrongs())
        .extracting(Wrong::field)
        .containsExactly("name", "repository", "pattern1", "reference");
    assertThat(filled("name", "a", "repository", "g/s").wrongs())
        .extracting(Wrong::field)
        .containsExactly("pattern0");
  }

  @ParameterizedTest
  @CsvSource({
    "sink,ci,'{\"name\":\"sink\",\"sink\":{\"name\":\"ci\"}}'",
    "pipeline,ci,'{\"name\":\"tekton\",\"tekton\":{\"pipelineRef\":{\"name\":\"ci\"}}}'",
    "task,ci,'{\"name\":\"tekton\",\"tekton\":{\"taskRef\":{\"name\":\"ci\"}}}'",
    "shipwright,ci,'{\"name\":\"shipwright\",\"shipwright\":{\"strategy\":{\"name\":\"ci\"}}}'",
    "kpack,ci,'{\"name\":\"kpack\",\"kpack\":{\"builderImage\":\"ci\"}}'",
    "buildkit,ci,'{\"name\":\"buildkit\",\"buildkit\":{\"address\":\"ci\"}}'",
    "buildkit,'','{\"name\":\"buildkit\",\"buildkit\":{}}'"
  })
  void eachBuilderIsNamedWhereItsFieldIs(String builder, String reference, String wanted) {
    assertThat(
            filled("name", "a", "pattern0", "main", "builder", builder, "reference", reference)
                .trigger())
        .contains("\"builders\":[" + wanted + "]");
  }

  private static Field builder(Optional<Set<Publication>> published) {
    return new TriggerForm("team-a", "gitlab", published, Entries.none())
        .page().groups().stream()
            .flatMap(group -> group.fields().stream())
            .filter(field -> field.id().equals("builder"))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void besideTheBuilderIsSaidWhatItNeedsAndWhatTheBindingPublishes() {
    Field known = builder(Optional.of(Set.of(Publication.Tekton, Publication.Flux)));

    assertThat(known.hint())
        .contains("BuildKit each need the binding to publish", "gitlab publishes Flux, Tekton:");
    assertThat(known.options())
        .extracting(Option::label)
        .contains(
            "a Pipeline of Tekton",
            "a sink of the administrator",
            "BuildKit (the binding does not publish BuildKit yet)");
    assertThat(builder(Optional.of(Set.of())).hint()).contains("gitlab publishes nothing");
  }

  @Test
  void nothingIsClaimedOfABindingThatTheVisitorMayNotSee() {
    assertThat(builder(Optional.empty()).hint()).doesNotContain("gitlab publishes");
    assertThat(builder(Optional.empty()).options())
        .noneMatch(option -> option.label().contains("does not publish"));
  }

  @Test
  void whatIsSaidToBeNeededIsWhatTheBuildersNeed() {
    List<Builder.InCluster> builders =
        List.of(
            new Builder.Tekton("a", true, "build", Map.of(), List.of()),
            new Builder.Shipwright(
                "a", TriggerSpec.StrategyKind.BuildStrategy, "buildkit", Map.of()),
            new Builder.Kpack("a", "registry.example.com/builder"),
            new Builder.BuildKit("a", Optional.empty(), Optional.empty()));
    assertThat(Builder.InCluster.class.getPermittedSubclasses()).hasSameSizeAs(builders);

    assertThat(Set.copyOf(TriggerForm.NEEDED.values()))
        .isEqualTo(
            builders.stream().map(Builder.InCluster::publication).collect(Collectors.toSet()));
  }

  @Test
  void theServiceAccountIsWrittenWhereOneIsNamed() {
    assertThat(filled("name", "a", "pattern0", "main", "account", "ci").trigger())
        .contains("\"serviceAccountName\":\"ci\"");
    assertThat(filled("name", "a", "pattern0", "main").trigger())
        .doesNotContain("serviceAccountName");
  }

  @Test
  void withoutABuilderPushesAreOnlyShown() {
    assertThat(filled("name", "a", "pattern0", "main", "builder", "", "reference", "x").trigger())
        .doesNotContain("builders");
  }

  @Test
  void whatTheOperatorWouldSayOfTheRulesIsSaidBefore() {
    TriggerForm form = filled("name", "a", "repository", "g/s", "pattern0", "(", "rule0", "main");

    assertThat(
            TriggerForm.wrongs(
                Sample.SERIALIZATION.unmarshal(form.trigger(), CodeSourceTrigger.class).getSpec()))
        .hasSize(1);
  }
}
