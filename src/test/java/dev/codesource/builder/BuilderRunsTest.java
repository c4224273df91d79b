package dev.codesource.builder;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.build.Builder;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuilderRunsTest {

  private static final Path GOLDEN = Path.of("src/test/resources/builder");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static Stream<String> names() {
    return Orders.BUILDERS.keySet().stream();
  }

  private static GenericKubernetesResource object(Builder.InCluster builder, BuildOrder order) {
    Outcome<GenericKubernetesResource> object = Orders.RUNS.object(builder, order);
    assertThat(object).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<GenericKubernetesResource>) object).value();
  }

  private static GenericKubernetesResource object(String name, BuildOrder order) {
    return object(Orders.BUILDERS.get(name), order);
  }

  /** In one order of fields. */
  private static String yaml(JsonNode object) throws JsonProcessingException {
    return new YAMLMapper().writeValueAsString(sorted(object));
  }

  private static Object sorted(JsonNode node) {
    if (node.isArray()) {
      List<Object> elements = new ArrayList<>();
      node.forEach(element -> elements.add(sorted(element)));
      return elements;
    }
    if (node.isObject()) {
      Map<String, Object> fields = new TreeMap<>();
      node.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
      return fields;
    }
    return node;
  }

  private static JsonNode json(GenericKubernetesResource object) throws JsonProcessingException {
    return JSON.readTree(JSON.writeValueAsString(object));
  }

  @ParameterizedTest
  @MethodSource("names")
  void theObjectIsTheOneOfTheFile(String name) throws IOException {
    JsonNode golden = new YAMLMapper().readTree(GOLDEN.resolve(name + ".yaml").toFile());

    assertThat(yaml(json(object(name, Orders.order())))).isEqualTo(yaml(golden));
  }

  @Test
  void thereIsAFileOfEachKindOfObject() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(names().map(name -> name + ".yaml").toList());
    }
    assertThat(Orders.BUILDERS.values().stream().map(RunKind::of)).contains(RunKind.values());
  }

  /** Git allows all of these in the names of branches, but for the first. */
  private static Stream<String> hostile() {
    return Stream.of(
        "'; rm -rf /; '",
        "--flag",
        "${sha}",
        "`reboot`",
        "a\"b,c=d",
        "\u202Etxet\u202C",
        "a%0Ab",
        "x".repeat(250));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void aNameOfABranchIsAValueAndNothingElse(String name) throws IOException {
    String ref = "refs/heads/" + name;
    for (String each : List.of("pipelinerun", "taskrun")) {
      assertThat(values(json(object(each, Orders.order(ref))).at("/spec/params")))
          .containsEntry("version", name)
          .containsEntry("revision", Orders.SHA);
    }
    assertThat(values(json(object("build", Orders.order(ref))).at("/spec/env")))
        .containsEntry("VERSION", name.replace("$", "$$"));
    assertThat(
            json(object("buildrun", Orders.order(ref)))
                .at("/spec/build/spec/paramValues")
                .findValuesAsText("value"))
        .contains("VERSION=" + name);
    for (String each : List.of("job", "job-client")) {
      JsonNode container =
          json(object(each, Orders.order(ref))).at("/spec/template/spec/containers/0");
      assertThat(texts(container.at("/args")))
          .containsOnlyOnce("build-arg:VERSION=" + name.replace("$", "$$"));
      assertThat(texts(container.at("/command")))
          .containsExactly("sh", "-c", Kubelet.literally(BuildKitJobs.SCRIPT), "build");
    }
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void aHostileNameChangesNothingElse(String name) throws IOException {
    for (String each : Orders.BUILDERS.keySet()) {
      JsonNode hostile = json(object(each, Orders.order("refs/heads/" + name)));
      JsonNode usual = json(object(each, Orders.order("refs/heads/usual")));

      assertThat(lines(hostile, name)).isEqualTo(lines(usual, "usual"));
    }
  }

  /** Where in the object there are which texts, with a mark for a text of the name. */
  private static List<String> lines(JsonNode object, String name) {
    List<String> all = new ArrayList<>();
    collect("", object, all);
    return all.stream()
        .map(line -> line.replace(Kubelet.literally(name), "NAME").replace(name, "NAME"))
        .map(line -> line.replaceAll("shop-main-[0-9a-v]{20}", "OBJECT"))
        .toList();
  }

  private static void collect(String path, JsonNode node, List<String> all) {
    if (node.isValueNode()) {
      all.add(path + ": " + node.asText());
    }
    node.properties().forEach(field -> collect(path + "/" + field.getKey(), field.getValue(), all));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      collect(path + "/" + i, node.get(i), all);
    }
  }

  /** Tekton, and the kubelet after it, replace it in the texts of a Task. */
  @ParameterizedTest
  @ValueSource(strings = {"$(reboot)", "$(params.x)", "$$(context.taskRun.name)", "a$(b", "a$"})
  void aReferenceIsNotGivenToTekton(String name) {
    BuildOrder order = Orders.order("refs/heads/" + name);
    for (String each : List.of("pipelinerun", "taskrun", "buildrun")) {
      Outcome<GenericKubernetesResource> object =
          Orders.RUNS.object(Orders.BUILDERS.get(each), order);

      assertThat(object).as(each).isInstanceOf(Outcome.Refused.class);
      Problem problem = ((Outcome.Refused<?>) object).problem();
      assertThat(problem.reason()).isEqualTo(Reason.BuildParameterInvalid);
      assertThat(problem.what()).contains("refs/heads/" + name, "main", "$(…)");
    }
  }

  /** As docs/troubleshooting.md shows it. */
  @Test
  void aParameterThatIsNotGivenIsToldWithWhatHelps() {
    Builder.InCluster builder =
        new Builder.Tekton("x", true, "build", Map.of("version", "${version}"), List.of());
    Outcome<?> object = Orders.RUNS.object(builder, Orders.order("refs/heads/$(reboot)"));

    assertThat(((Outcome.Refused<?>) object).problem().message())
        .isEqualTo(
            "The parameter version of the rule main for refs/heads/$(reboot) is \"$(reboot)\", in which Tekton would replace $(…)."
                + " Use variables that exist, ${refSlug} or ${sha} in place of ${ref} and of groups that match any character, no $( and at most 8192 characters.");
  }

  @Test
  void aReferenceInATemplateIsNotGivenToTekton() {
    assertThat(
            Orders.RUNS.object(
                new Builder.Tekton("x", true, "build", Map.of("a", "$(params.b)"), List.of()),
                Orders.order()))
        .isInstanceOf(Outcome.Refused.class);
  }

  /** The kubelet reads two dollars as one: see KubeletTest. */
  @ParameterizedTest
  @ValueSource(strings = {"$(reboot)", "$$(HOME)", "$", "$$"})
  void aReferenceStaysAsItIsWhereTheKubeletReadsIt(String name) throws IOException {
    BuildOrder order = Orders.order("refs/heads/" + name);

    assertThat(values(json(object("build", order)).at("/spec/env")))
        .containsEntry("VERSION", name.replace("$", "$$"));
    assertThat(texts(json(object("job", order)).at("/spec/template/spec/containers/0/args")))
        .contains("build-arg:VERSION=" + name.replace("$", "$$"));
  }

  @Test
  void aParameterIsBounded() {
    BuildOrder order =
        Orders.order("refs/heads/" + "x".repeat(250), Map.of("A", "${version}".repeat(100)));
    for (String each : List.of("buildrun", "build", "job", "job-client")) {
      assertThat(Orders.RUNS.object(Orders.BUILDERS.get(each), order))
          .as(each)
          .isInstanceOf(Outcome.Refused.class);
    }
  }

  @Test
  void aTriggerWhoseNameIsNoValueOfALabelHasNoLabel() {
    String longName = "a".repeat(64);
    for (String name : List.of(longName, "a".repeat(253))) {
      BuildOrder order = named(name);
      assertThat(object("job", order).getMetadata().getLabels())
          .doesNotContainKey(BuilderRuns.TRIGGER)
          .containsEntry(BuilderRuns.TRIGGER_UID, order.owner().getUid());
    }
    assertThat(object("job", named("a.b")).getMetadata().getLabels())
        .containsEntry(BuilderRuns.TRIGGER, "a.b");
  }

  private static BuildOrder named(String trigger) {
    BuildOrder order = Orders.order();
    return new BuildOrder(
        order.namespace(),
        Orders.trigger(trigger),
        order.name(),
        order.due(),
        order.cloneUrl(),
        order.images(),
        order.contextDir(),
        order.dockerfile(),
        order.buildArgs(),
        order.platforms(),
        order.variables(),
        order.serviceAccount(),
        order.gitSecret(),
        order.pushSecret(),
        order.timeout());
  }

  @Test
  void whatCannotBeCancelledIsDeleted() {
    assertThat(Orders.RUNS.cancellation(RunKind.PipelineRun))
        .contains(Map.of("spec", Map.of("status", "CancelledRunFinally")));
    assertThat(Orders.RUNS.cancellation(RunKind.TaskRun))
        .contains(Map.of("spec", Map.of("status", "TaskRunCancelled")));
    assertThat(Orders.RUNS.cancellation(RunKind.BuildRun))
        .contains(Map.of("spec", Map.of("state", "BuildRunCanceled")));
    assertThat(Orders.RUNS.cancellation(RunKind.Build)).isEmpty();
    assertThat(Orders.RUNS.cancellation(RunKind.Job)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsBeingDeletedBeforeItsEndIsCancelled(RunKind kind) throws IOException {
    String deleted =
        "{\"kind\": \"%s\", \"metadata\": {\"deletionTimestamp\": \"2026-11-30T06:07:08Z\"}}"
            .formatted(kind);
    Progress progress =
        Orders.RUNS.progress(JSON.readValue(deleted, GenericKubernetesResource.class));

    assertThat(progress.state()).isEqualTo(BuildState.Cancelled);
    assertThat(progress.message()).contains("The object that built it was deleted.");
  }

  @Test
  void anEndStaysWhatItIsWhenTheObjectIsDeleted() {
    GenericKubernetesResource run =
        Statuses.run(RunKind.Job, "{conditions: [{type: Complete, status: 'True'}]}");
    run.getMetadata().setDeletionTimestamp("2026-11-30T06:07:08Z");

    assertThat(Orders.RUNS.progress(run).state()).isEqualTo(BuildState.Succeeded);
  }

  /** Every type of JSON in place of every part of every status. */
  @ParameterizedTest
  @EnumSource
  void nonsenseInAStatusIsNotThere(RunKind kind) {
    List<String> nonsense =
        List.of(
            "null",
            "true",
            "-1",
            "1e400",
            "''",
            "x",
            "\"\\0\"",
            "[]",
            "[[], null, 1]",
            "{}",
            "{a: {}}");
    for (String status : Statuses.ALL) {
      for (String value : nonsense) {
        for (JsonNode changed : changed(Statuses.yaml(status), Statuses.yaml(value))) {
          Progress progress = Orders.RUNS.progress(Statuses.run(kind, changed));

          assertThat(progress.digest().orElse(Statuses.DIGEST)).isEqualTo(Statuses.DIGEST);
          assertThat(progress.message().orElse("x")).isNotBlank();
        }
      }
    }
  }

  /** All that there are of a value with one part replaced. */
  private static List<JsonNode> changed(JsonNode whole, JsonNode other) {
    List<JsonNode> all = new ArrayList<>(List.of(other));
    for (Map.Entry<String, JsonNode> field : whole.properties()) {
      for (JsonNode part : changed(field.getValue(), other)) {
        ObjectNode copy = whole.deepCopy();
        copy.set(field.getKey(), part);
        all.add(copy);
      }
    }
    for (int i = 0; whole.isArray() && i < whole.size(); i++) {
      for (JsonNode part : changed(whole.get(i), other)) {
        ArrayNode copy = whole.deepCopy();
        copy.set(i, part);
        all.add(copy);
      }
    }
    return all;
  }

  @Test
  void anObjectOfNobodyKnowsWhatHasNotStarted() {
    assertThat(Orders.RUNS.progress(new GenericKubernetesResource())).isEqualTo(Progress.NONE);
  }

  /** A status that anybody may write, who may write statuses. */
  @ParameterizedTest
  @EnumSource
  void aMessageIsBoundedAndCanBeShown(RunKind kind) {
    String type = kind == RunKind.Job ? "Failed" : "Succeeded";
    String status = kind == RunKind.Job ? "True" : "False";
    Map<String, Object> condition = new HashMap<>();
    condition.put("type", type);
    condition.put("status", status);
    condition.put("reason", "r\u202E".repeat(200));
    condition.put("message", "a\u202Eb\u0000" + "\uD83D\uDE00".repeat(100_000));
    Map<String, Object> fields =
        Map.of("conditions", List.of(condition), "completionTime", "2026-11-30T06:07:08Z");
    GenericKubernetesResource run = Statuses.run(kind, "{}");
    run.setAdditionalProperty("status", fields);

    Optional<String> message = Orders.RUNS.progress(run).message();

    assertThat(message)
        .hasValueSatisfying(
            text -> assertThat(text).startsWith("r\uFFFDr").contains("r\uFFFD: a\uFFFDb\uFFFD"));
    assertThat(message.orElseThrow().codePoints().count()).isEqualTo(500);
  }

  /** What {@link ObservedRun} drops cannot be read. */
  @ParameterizedTest
  @EnumSource
  void informersKeepAllThatIsReadOfAStatus(RunKind kind) throws IOException {
    for (String status : Statuses.ALL) {
      GenericKubernetesResource whole = Statuses.run(kind, status);
      ObservedRun observed =
          new KubernetesSerialization()
              .unmarshal(JSON.writeValueAsString(whole), ObservedRun.of(kind));

      assertThat(observed.progress()).isEqualTo(Orders.RUNS.progress(whole));
    }
  }

  private static Map<String, String> values(JsonNode list) {
    Map<String, String> values = new HashMap<>();
    list.forEach(each -> values.put(each.path("name").asText(), each.path("value").asText()));
    return values;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }
}
