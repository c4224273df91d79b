package dev.codesource.builder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.build.DueCommit;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the informers keep of objects into which others may write anything. */
class ObservedRunTest {

  private final KubernetesSerialization serialization = new KubernetesSerialization();

  private ObservedRun read(RunKind kind, String json) {
    return serialization.unmarshal(json, ObservedRun.of(kind));
  }

  @ParameterizedTest
  @EnumSource(RunKind.class)
  void aStatusOfAnyFormIsRead(RunKind kind) {
    for (String status : new String[] {"null", "\"text\"", "[1,2]", "5", "{\"conditions\":7}"}) {
      ObservedRun run =
          read(
              kind,
              "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"name\":\"a\"},\"status\":%s}"
                  .formatted(kind.apiVersion(), kind, status));

      assertThat(run.progress().state()).as(status).isEqualTo(BuildState.Pending);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"metadata\":null}",
        "{\"metadata\":{\"labels\":null,\"annotations\":null,\"ownerReferences\":null}}",
        "{\"spec\":\"text\",\"more\":[]}"
      })
  void whatIsMissingIsNoFault(String json) {
    ObservedRun run = read(RunKind.PipelineRun, json);

    assertThat(run.getMetadata().getLabels()).isEmpty();
    assertThat(run.getMetadata().getOwnerReferences()).isEmpty();
    assertThat(run.progress()).isEqualTo(Progress.NONE);
  }

  @Test
  void ofWhatOthersWroteNothingIsKept() {
    String long1 = "x".repeat(100_000);
    ObservedRun run =
        read(
            RunKind.TaskRun,
            """
            {"apiVersion":"tekton.dev/v1","kind":"TaskRun",
             "metadata":{"name":"a","annotations":{"note":"%1$s","codesource.dev/ref":"%1$s","codesource.dev/commit":"abc"},
               "labels":{"app":"x","codesource.dev/rule":"main"},"managedFields":[{"manager":"x"}],"finalizers":["a/b"]},
             "status":{"taskSpec":{"steps":[]},"conditions":[{"type":"Succeeded","message":"%1$s"}],"results":[{"name":"a","value":"b"}]}}
            """
                .formatted(long1));

    assertThat(run.getMetadata().getAnnotations()).isEqualTo(Map.of(BuilderRuns.COMMIT, "abc"));
    assertThat(run.getMetadata().getLabels()).isEqualTo(Map.of(BuilderRuns.RULE, "main"));
    assertThat(run.getMetadata().getManagedFields()).isEmpty();
    assertThat(run.progress()).isEqualTo(Progress.NONE);
  }

  /** As deep as the API server reads. */
  @Test
  void aDeepStatusIsDropped() {
    String deep = "[".repeat(900) + "]".repeat(900);

    ObservedRun run = read(RunKind.Build, "{\"status\":{\"conditions\":%s}}".formatted(deep));

    assertThat(run.progress()).isEqualTo(Progress.NONE);
  }

  private Optional<Run> job(Map<String, String> annotations) {
    return read(RunKind.Job, Jobs.json(annotations, "", "{}")).run();
  }

  @Test
  void theBuildThatTheOperatorMadeIsRecognised() {
    assertThat(job(Map.of()))
        .hasValueSatisfying(
            run -> {
              assertThat(run.due().sha()).isEqualTo(Orders.SHA);
              assertThat(run.triggerName()).isEqualTo("shop");
              assertThat(run.image()).contains("registry.example.com/team/shop:1.2");
            });
  }

  @Test
  void withoutTheLabelByWhichBuildsAreWatchedAnObjectIsNone() {
    Map<String, String> labels = new HashMap<>(RunMetadata.labels(Orders.order()));
    Map<String, String> annotations = RunMetadata.annotations(Orders.order());
    labels.put(BuilderRuns.TRIGGER_UID, "another");
    assertThat(read(RunKind.Job, Jobs.json(labels, annotations, "", "{}")).run()).isEmpty();

    labels.remove(BuilderRuns.TRIGGER_UID);
    assertThat(read(RunKind.Job, Jobs.json(labels, annotations, "", "{}")).run()).isEmpty();
  }

  @Test
  void anImageThatIsNoNameOfAnImageIsNotShown() {
    for (String image : List.of("a b", "<script>", "x".repeat(600), "")) {
      assertThat(job(Map.of(BuilderRuns.IMAGE, image)))
          .hasValueSatisfying(run -> assertThat(run.image()).isEmpty());
    }
  }

  /** Whoever may create an object may also give it the name that belongs to its text. */
  @ParameterizedTest
  @ValueSource(strings = {"not a commit", "abc", "<b>", ""})
  void whatIsNoCommitIsNoBuild(String sha) {
    DueCommit due =
        new DueCommit("main", Orders.order().due().ref(), sha, Optional.empty(), Orders.FOUND_AT);
    ObservedRun run = read(RunKind.Job, Jobs.json(Map.of(BuilderRuns.COMMIT, sha), "", "{}"));
    run.getMetadata().setName(RunName.of(Orders.trigger(), due));

    assertThat(run.run()).isEmpty();
  }

  @Test
  void ofTheOwnersOnlyTheTriggerIsKept() {
    ObservedRun run = read(RunKind.Job, Jobs.json(Map.of(), "", "{}"));

    assertThat(run.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner -> assertThat(owner.getName()).isEqualTo("shop"));
  }

  @Test
  void aBuildIsReadOnce() {
    ObservedRun run = read(RunKind.Job, Jobs.json(Map.of(), "", "{}"));

    assertThat(run.run().orElseThrow()).isSameAs(run.run().orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "codesource.dev/trigger-uid, 63",
    "codesource.dev/rule, 63",
    "codesource.dev/commit, 64",
    "codesource.dev/ref, 300",
    "codesource.dev/found-at, 40",
    "codesource.dev/image, 512"
  })
  void aValueIsKeptAsLongAsTheOperatorWritesIt(String key, int longest) {
    assertThat(annotations(key, longest)).containsOnlyKeys(key);
    assertThat(annotations(key, longest + 1)).isEmpty();
  }

  private Map<String, String> annotations(String key, int length) {
    return read(
            RunKind.Job,
            "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(key, "x".repeat(length)))
        .getMetadata()
        .getAnnotations();
  }

  @ParameterizedTest
  @CsvSource({"name, 253", "uid, 63"})
  void anOwnerIsKeptIfItsFieldsAreAsLongAsThoseOfATrigger(String field, int longest) {
    assertThat(owners(field, longest)).hasSize(1);
    assertThat(owners(field, longest + 1)).isEmpty();
  }

  private List<OwnerReference> owners(String field, int length) {
    Map<String, String> owner =
        new HashMap<>(
            Map.of(
                "apiVersion",
                "codesource.dev/v1alpha1",
                "kind",
                "CodeSourceTrigger",
                "name",
                "a",
                "uid",
                "b"));
    owner.put(field, "x".repeat(length));
    String fields =
        owner.entrySet().stream()
            .map(each -> "\"%s\":\"%s\"".formatted(each.getKey(), each.getValue()))
            .collect(Collectors.joining(","));
    return read(
            RunKind.Job,
            "{\"metadata\":{\"ownerReferences\":[{\"controller\":true,%s}]}}".formatted(fields))
        .getMetadata()
        .getOwnerReferences();
  }

  private Progress pipeline(String conditions) {
    return read(
            RunKind.PipelineRun,
            "{\"status\":{\"completionTime\":\"2026-11-30T07:00:00Z\",\"conditions\":[%s]}}"
                .formatted(conditions))
        .progress();
  }

  private static String failed(int length) {
    return "{\"type\":\"Succeeded\",\"status\":\"False\",\"message\":\"%s\"}"
        .formatted("x".repeat(length));
  }

  @Test
  void aPartOfAStatusIsReadIfItHasSixteenKibibytesAtMost() {
    assertThat(pipeline(failed(16_000)).state()).isEqualTo(BuildState.Failed);
    assertThat(pipeline(failed(16 << 10)).state()).isEqualTo(BuildState.Pending);
  }

  /** What is read of it is read by a method that calls itself. */
  @Test
  void sixteenLevelsOfAStatusAreRead() {
    assertThat(pipeline(failed(1) + "," + nested(15)).state()).isEqualTo(BuildState.Failed);
    assertThat(pipeline(failed(1) + "," + nested(16)).state()).isEqualTo(BuildState.Pending);
  }

  private static String nested(int levels) {
    return "[".repeat(levels) + "]".repeat(levels);
  }

  /** They take memory, too. */
  @Test
  void valuesWithoutTextCountAsWell() {
    assertThat(pipeline(failed(1) + ",null".repeat(400)).state()).isEqualTo(BuildState.Failed);
    assertThat(pipeline(failed(1) + ",null".repeat(600)).state()).isEqualTo(BuildState.Pending);
  }

  @Test
  void aHundredElementsOfAListAreRead() {
    assertThat(pipeline("{},".repeat(99) + failed(1)).state()).isEqualTo(BuildState.Failed);
    assertThat(pipeline("{},".repeat(100) + failed(1)).state()).isEqualTo(BuildState.Pending);
  }

  @Test
  void ofAMessageFiveHundredCharactersAreShown() {
    assertThat(pipeline(failed(499)).message().orElseThrow()).hasSize(499).endsWith("x");
    assertThat(pipeline(failed(600)).message().orElseThrow()).hasSize(500).endsWith("…");
  }

  @Test
  void anImageWithItsDigestHasFiveHundredCharactersAtMost() {
    String digest = "sha256:" + "a".repeat(64);
    assertThat(digestOf("i".repeat(428) + "@" + digest)).contains(digest);
    assertThat(digestOf("i".repeat(429) + "@" + digest)).isEmpty();
  }

  private Optional<String> digestOf(String value) {
    return read(
            RunKind.TaskRun,
            """
            {"status":{"conditions":[{"type":"Succeeded","status":"True"}],"results":[{"name":"IMAGE_DIGEST","value":"%s"}]}}
            """
                .formatted(value))
        .progress()
        .digest();
  }
}
