package dev.codesource.builder;

import dev.codesource.build.Builder;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * BuildRuns of Shipwright (https://shipwright.io/docs/build/buildrun/; the types are in
 * pkg/apis/build/v1beta1). A BuildRun of a Build cannot have another commit than the Build, so it
 * has the whole Build in itself, and then overrides nothing: also the timeout stands in the Build
 * (pkg/validate/validate.go, BuildRunFields).
 *
 * <p>Shipwright pushes one name: there is one {@code output.image}, and the API server refuses a
 * rule that has more. It makes a TaskRun of Tekton, so that {@code $(…)} in a parameter is replaced
 * as {@link TektonRuns} says; Shipwright itself uses this for the Secrets of a strategy
 * (pkg/reconciler/buildrun/resources/params.go).
 */
final class ShipwrightRuns implements RunObjects<Builder.Shipwright> {

  private static final String NAME = "name";
  private static final String VALUE = "value";
  private static final String BUILDER = "Shipwright";

  /** Of the strategies that Shipwright brings along (samples/v1beta1/buildstrategy). */
  private static final String DOCKERFILE = "dockerfile";

  /** Likewise: a list of {@code NAME=value}. */
  private static final String BUILD_ARGS = "build-args";

  /** Likewise: a list, such as {@code linux/arm64}. */
  private static final String PLATFORMS = "platforms";

  private static final String CANCELED = "BuildRunCanceled";

  /** https://shipwright.io/docs/build/buildrun/#understanding-the-state-of-a-buildrun. */
  private static final List<String> WAITING = List.of("Pending", "Started");

  private static final List<String> CANCELLED =
      List.of(CANCELED, "Cancelled", "TaskRunCancelled", "PipelineRunCancelled");

  @Override
  public Outcome<Map<String, Object>> spec(Builder.Shipwright builder, BuildOrder order) {
    SortedMap<String, String> single = new TreeMap<>(builder.params());
    order.dockerfile().ifPresent(file -> single.putIfAbsent(DOCKERFILE, file));
    return Templates.fillWithoutReferences(single, order, BUILDER)
        .then(
            params ->
                Templates.fillWithoutReferences(order.buildArgs(), order, BUILDER)
                    .map(arguments -> spec(builder, order, params, arguments)));
  }

  private static Map<String, Object> spec(
      Builder.Shipwright builder,
      BuildOrder order,
      SortedMap<String, String> params,
      SortedMap<String, String> arguments) {
    List<Map<String, Object>> values = new ArrayList<>();
    params.forEach((name, value) -> values.add(Map.of(NAME, name, VALUE, value)));
    lists(order, arguments).entrySet().stream()
        .filter(list -> !list.getValue().isEmpty() && !params.containsKey(list.getKey()))
        .forEach(list -> values.add(Map.of(NAME, list.getKey(), "values", list.getValue())));
    Map<String, Object> build = new LinkedHashMap<>();
    build.put("source", source(order));
    build.put("strategy", Map.of("kind", builder.kind().name(), NAME, builder.strategy()));
    build.put("paramValues", values);
    build.put("output", output(order));
    build.put("timeout", order.timeout().toSeconds() + "s");
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("build", Map.of("spec", build));
    spec.put("serviceAccount", order.serviceAccount());
    return spec;
  }

  /** The parameters of the strategy that are lists, by name. */
  private static SortedMap<String, List<Map<String, String>>> lists(
      BuildOrder order, SortedMap<String, String> arguments) {
    SortedMap<String, List<Map<String, String>>> lists = new TreeMap<>();
    lists.put(
        BUILD_ARGS,
        arguments.entrySet().stream()
            .map(argument -> Map.of(VALUE, argument.getKey() + "=" + argument.getValue()))
            .toList());
    lists.put(
        PLATFORMS, order.platforms().stream().map(platform -> Map.of(VALUE, platform)).toList());
    return lists;
  }

  private static Map<String, Object> source(BuildOrder order) {
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("type", "Git");
    source.put(
        "git",
        Map.of(
            "url",
            order.cloneUrl().toString(),
            "revision",
            order.due().sha(),
            "cloneSecret",
            order.gitSecret()));
    order.contextDir().ifPresent(folder -> source.put("contextDir", folder));
    return source;
  }

  private static Map<String, Object> output(BuildOrder order) {
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("image", order.images().getFirst());
    order.pushSecret().ifPresent(secret -> output.put("pushSecret", secret));
    return output;
  }

  @Override
  public Progress progress(GenericKubernetesResource run) {
    Reported status = Reported.status(run);
    Reported condition = status.condition("Succeeded");
    Reported details = status.at("failureDetails");
    return Progress.of(
        Reported.state(condition, WAITING, CANCELLED),
        Reported.explanation(details.at("reason"), details.at("message"))
            .or(condition::explanation),
        status.at("output").at("digest").digest(),
        status.at("startTime").time(),
        status.at("completionTime").time());
  }

  /** https://shipwright.io/docs/build/buildrun/#canceling-a-buildrun. */
  @Override
  public Optional<Map<String, Object>> cancellation(RunKind kind) {
    return Optional.of(Map.of("spec", Map.of("state", CANCELED)));
  }
}
