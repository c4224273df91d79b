package dev.codesource.builder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.build.DueCommit;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
}
