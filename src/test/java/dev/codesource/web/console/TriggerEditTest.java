package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.web.console.FormPage.Wrong;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TriggerEditTest {

  private static TriggerEdit filled(String... pairs) {
    return new TriggerEdit(Sample.trigger(""), Sample.entries(pairs));
  }

  @Test
  void theFormShowsWhatTheTriggerHas() {
    List<Field> fields =
        new TriggerEdit(Sample.trigger(""), Entries.none())
            .page().groups().stream().flatMap(group -> group.fields().stream()).toList();

    assertThat(fields)
        .extracting(Field::id, Field::value)
        .contains(
            tuple("generation", "1"),
            tuple("repository", "group/shop"),
            tuple("image", "registry.example.com/team-a/shop"),
            tuple("pattern0", "main"),
            tuple("tags0", "${shortSha}, latest"),
            tuple("pattern1", "v(?<version>[0-9.]+)"));
    assertThat(fields)
        .extracting(Field::label)
        .contains("Branches of the rule main", "Tags of the rule releases");
  }

  @Test
  void theseFieldsAloneAreSentAndOnlyOfTheGenerationThatWasShown() {
    assertThat(
            filled(
                    "repository", "group/other",
                    "image", "",
                    "pattern0", "release-.*",
                    "tags0", "",
                    "pattern1", "v.*",
                    "tags1", "a, b",
                    "suspend", "true")
                .patch())
        .isEqualTo(
            "[{\"op\":\"test\",\"path\":\"/metadata/generation\",\"value\":1},"
                + "{\"op\":\"add\",\"path\":\"/spec/repository\",\"value\":\"group/other\"},"
                + "{\"op\":\"remove\",\"path\":\"/spec/image\"},"
                + "{\"op\":\"add\",\"path\":\"/spec/suspend\",\"value\":true},"
                + "{\"op\":\"add\",\"path\":\"/spec/rules/0/branch\",\"value\":\"release-.*\"},"
                + "{\"op\":\"remove\",\"path\":\"/spec/rules/0/imageTags\"},"
                + "{\"op\":\"add\",\"path\":\"/spec/rules/1/tag\",\"value\":\"v.*\"},"
                + "{\"op\":\"add\",\"path\":\"/spec/rules/1/imageTags\",\"value\":[\"a\",\"b\"]}]");
  }

  @Test
  void whoUnticksSuspendResumes() {
    assertThat(filled("repository", "a/b", "pattern0", "a", "pattern1", "b").patch())
        .contains("\"/spec/suspend\",\"value\":false");
  }

  @Test
  void eachErrorIsToldAtItsField() {
    assertThat(filled("pattern1", "v.*").wrongs(Sample.SERIALIZATION))
        .extracting(Wrong::field)
        .containsExactly("repository", "pattern0");
  }

  @Test
  void whatTheOperatorWouldSayOfTheRulesIsSaidBefore() {
    assertThat(
            filled("repository", "a/b", "pattern0", "(", "pattern1", "v.*")
                .wrongs(Sample.SERIALIZATION))
        .hasSize(1);
    assertThat(
            filled("repository", "a/b", "pattern0", "main", "pattern1", "v.*", "tags1", "x")
                .wrongs(Sample.SERIALIZATION))
        .isEmpty();
  }

  @Test
  void aTriggerWithManyRulesIsEditedAsYaml() {
    String rules =
        IntStream.range(0, 11)
            .mapToObj("{name: r%d, branch: main}"::formatted)
            .collect(Collectors.joining(", "));
    CodeSourceTrigger many =
        Sample.SERIALIZATION.unmarshal(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: shop, namespace: team-a, generation: 1}
            spec: {bindingRef: {name: gitlab}, repository: group/shop, rules: [%s]}
            """
                .formatted(rules),
            CodeSourceTrigger.class);

    assertThat(new TriggerEdit(many, Entries.none()).isSmall()).isFalse();
    assertThat(filled().isSmall()).isTrue();
  }
}
