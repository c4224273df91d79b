package dev.codesource.builder;

import dev.codesource.api.TriggerSpec.Workspace;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.build.Builder;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * PipelineRuns and TaskRuns of Tekton (https://tekton.dev/docs/pipelines/pipelineruns/,
 * https://tekton.dev/docs/pipelines/taskruns/; the types are in pkg/apis/pipeline/v1).
 *
 * <p>Tekton puts the value of a parameter into the texts of the Pipeline or Task, and then replaces
 * {@code $(context.…)}, {@code $(results.…)}, {@code $(workspaces.…)} in these texts again
 * (pkg/reconciler/taskrun/taskrun.go, applyParamsContextsResultsAndWorkspaces), and the kubelet
 * replaces {@code $(VARIABLE)} in what becomes an argument. There is no way to write it so that it
 * stays (pkg/substitution), so that such a value is refused. "Tekton does not escape the contents
 * of variables" for shells either (docs/variables.md): that is the Task's part.
 */
final class TektonRuns implements RunObjects<Builder.Tekton> {

  private static final String NAME = "name";
  private static final String VALUE = "value";

  /**
   * https://tekton.dev/docs/pipelines/pipelineruns/#monitoring-execution-status, pkg/pod/status.go.
   */
  private static final List<String> WAITING =
      List.of(
          "Started",
          "PipelineRunPending",
          "ResolvingPipelineRef",
          "TaskRunPending",
          "Pending",
          "ResolvingTaskRef",
          "ResolvingStepActionRef",
          "ExceededResourceQuota",
          "ExceededNodeResources");

  private static final List<String> CANCELLED = List.of("Cancelled", "TaskRunCancelled");

  /**
   * How Tasks and Pipelines tell what they built
   * (https://tekton.dev/docs/chains/slsa-provenance/#output-artifacts).
   */
  private static final String IMAGE_DIGEST = "IMAGE_DIGEST";

  private static final String ARTIFACT_DIGEST = "ARTIFACT_DIGEST";
  private static final String ARTIFACT_OUTPUTS = "ARTIFACT_OUTPUTS";
  private static final String IMAGES = "IMAGES";

  @Override
  public Outcome<Map<String, Object>> spec(Builder.Tekton builder, BuildOrder order) {
    return Templates.fillWithoutReferences(builder.params(), order, "Tekton")
        .map(
            params -> {
              Map<String, Object> spec = new LinkedHashMap<>();
              String timeout = order.timeout().toSeconds() + "s";
              if (builder.isPipeline()) {
                spec.put("pipelineRef", Map.of(NAME, builder.reference()));
                spec.put("taskRunTemplate", Map.of("serviceAccountName", order.serviceAccount()));
                spec.put("timeouts", Map.of("pipeline", timeout));
              } else {
                spec.put("taskRef", Map.of(NAME, builder.reference()));
                spec.put("serviceAccountName", order.serviceAccount());
                spec.put("timeout", timeout);
              }
              spec.put(
                  "params",
                  params.entrySet().stream()
                      .map(param -> Map.of(NAME, param.getKey(), VALUE, param.getValue()))
                      .toList());
              spec.put("workspaces", builder.workspaces().stream().map(TektonRuns::bound).toList());
              return spec;
            });
  }

  /** https://tekton.dev/docs/pipelines/workspaces/#specifying-volumesources-in-workspaces. */
  private static Map<String, Object> bound(Workspace workspace) {
    Map<String, Object> bound = new LinkedHashMap<>();
    bound.put(NAME, workspace.name());
    if (workspace.secretName() != null) {
      bound.put("secret", Map.of("secretName", workspace.secretName()));
    } else if (workspace.claimName() != null) {
      bound.put("persistentVolumeClaim", Map.of("claimName", workspace.claimName()));
    } else if (workspace.size() != null) {
      bound.put(
          "volumeClaimTemplate",
          Map.of(
              "spec",
              Map.of(
                  "accessModes",
                  List.of("ReadWriteOnce"),
                  "resources",
                  Map.of("requests", Map.of("storage", workspace.size())))));
    } else {
      bound.put("emptyDir", Map.of());
    }
    return bound;
  }

  @Override
  public Progress progress(GenericKubernetesResource run) {
    Reported status = Reported.status(run);
    Reported condition = status.condition("Succeeded");
    Optional<Instant> finishedAt = status.at("completionTime").time();
    BuildState state = Reported.state(condition, WAITING, CANCELLED);
    // "The TaskRun encountered a non-permanent error, and it's still running" (docs/taskruns.md).
    boolean mayGoOn = condition.at("status").is("False") && finishedAt.isEmpty();
    return Progress.of(
        mayGoOn ? BuildState.Running : state,
        condition.explanation(),
        digest(status),
        status.at("startTime").time(),
        finishedAt);
  }

  private static Optional<String> digest(Reported status) {
    List<Reported> results = status.at("results").elements().toList();
    return results.stream()
        .filter(result -> result.at(NAME).is(IMAGE_DIGEST))
        .findFirst()
        .flatMap(result -> result.at(VALUE).digest())
        .or(() -> results.stream().flatMap(result -> hinted(result).stream()).findFirst());
  }

  private static Optional<String> hinted(Reported result) {
    Reported value = result.at(VALUE);
    String name = result.at(NAME).text().orElse("");
    if (name.endsWith(IMAGE_DIGEST) || name.endsWith(ARTIFACT_DIGEST) || name.equals(IMAGES)) {
      return value.digest();
    }
    return name.endsWith(ARTIFACT_OUTPUTS) ? value.at("digest").digest() : Optional.empty();
  }

  /**
   * https://tekton.dev/docs/pipelines/pipelineruns/#gracefully-cancelling-a-pipelinerun: the tasks
   * of {@code finally} run, which clean up; and
   * https://tekton.dev/docs/pipelines/taskruns/#cancelling-a-taskrun.
   */
  @Override
  public Optional<Map<String, Object>> cancellation(RunKind kind) {
    String status = kind == RunKind.PipelineRun ? "CancelledRunFinally" : "TaskRunCancelled";
    return Optional.of(Map.of("spec", Map.of("status", status)));
  }
}
