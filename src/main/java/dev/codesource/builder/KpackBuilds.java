package dev.codesource.builder;

import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.build.Builder;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Builds of kpack (https://github.com/buildpacks-community/kpack/blob/main/docs/build.md; the types
 * are in pkg/apis/build/v1alpha2). The names of a kpack Image cannot change, so each commit has a
 * Build of its own. There is no Dockerfile and no platform in it, and what it reads and pushes with
 * are the Secrets of the ServiceAccount. Arguments of the build are its variables, such as {@code
 * BP_JVM_VERSION}. No field of a Build can be changed, so that one is cancelled by its deletion.
 */
final class KpackBuilds implements RunObjects<Builder.Kpack> {

  @Override
  public Outcome<Map<String, Object>> spec(Builder.Kpack builder, BuildOrder order) {
    return Templates.fill(order.buildArgs(), order)
        .map(
            arguments -> {
              Map<String, Object> source = new LinkedHashMap<>();
              source.put(
                  "git", Map.of("url", order.cloneUrl().toString(), "revision", order.due().sha()));
              order.contextDir().ifPresent(folder -> source.put("subPath", folder));
              Map<String, Object> spec = new LinkedHashMap<>();
              spec.put("tags", order.images());
              spec.put("builder", Map.of("image", builder.image()));
              spec.put("serviceAccountName", order.serviceAccount());
              spec.put("source", source);
              spec.put("activeDeadlineSeconds", order.timeout().toSeconds());
              // They become variables of a container (pkg/apis/build/v1alpha2/build_pod.go).
              spec.put(
                  "env",
                  arguments.entrySet().stream()
                      .map(
                          argument ->
                              Map.of(
                                  "name",
                                  argument.getKey(),
                                  "value",
                                  Kubelet.literally(argument.getValue())))
                      .toList());
              return spec;
            });
  }

  @Override
  public Progress progress(GenericKubernetesResource run) {
    Reported status = Reported.status(run);
    Reported condition = status.condition("Succeeded");
    List<Reported> steps = status.at("stepStates").elements().toList();
    Optional<Instant> startedAt =
        steps.stream()
            .flatMap(step -> Stream.of(step.at("terminated"), step.at("running")))
            .flatMap(step -> step.at("startedAt").time().stream())
            .min(Comparator.naturalOrder());
    BuildState state = Reported.state(condition, List.of(), List.of());
    // The steps are init containers: while they run, the pod and so the condition are pending.
    boolean isWaiting = state == BuildState.Running && startedAt.isEmpty();
    return Progress.of(
        isWaiting ? BuildState.Pending : state,
        condition.explanation(),
        status.at("latestImage").digest(),
        startedAt,
        condition.at("lastTransitionTime").time());
  }

  @Override
  public Optional<Map<String, Object>> cancellation(RunKind kind) {
    return Optional.empty();
  }
}
