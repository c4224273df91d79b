package dev.codesource.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command that shows the log of what builds. */
public final class BuildLog {

  /**
   * kubectl reads containers in no order, and shows ten lines of each pod that a label finds. One
   * that never started is an error, and would hide the others.
   */
  private static final List<String> ALL =
      List.of("--all-containers", "--ignore-errors", "--tail=-1");

  private BuildLog() {}

  /**
   * What kubectl logs is asked for the pods of a run.
   *
   * @param kind of Kubernetes, such as {@code PipelineRun}
   * @param name of the run
   * @return empty: a kind whose log is not known
   */
  public static Optional<List<String>> arguments(String kind, String name) {
    return pods(kind, name)
        .map(
            pods -> {
              List<String> arguments = new ArrayList<>(List.of(pods));
              arguments.addAll(ALL);
              return List.copyOf(arguments);
            });
  }

  private static Optional<String> pods(String kind, String name) {
    return switch (kind) {
      // https://tekton.dev/docs/pipelines/labels/
      case "PipelineRun" -> Optional.of("-l=tekton.dev/pipelineRun=" + name);
      case "TaskRun" -> Optional.of("-l=tekton.dev/taskRun=" + name);
      // https://shipwright.io/docs/build/buildrun/#relationship-with-tekton-tasks
      case "BuildRun" -> Optional.of("-l=buildrun.shipwright.io/name=" + name);
      // pkg/apis/build/v1alpha2/build_pod.go of kpack: PodName, and a container for each phase
      case "Build" -> Optional.of(name + "-build-pod");
      case "Job" -> Optional.of("job/" + name);
      default -> Optional.empty();
    };
  }

  /** The whole command, or one that describes a run whose log is not known. */
  public static String command(String namespace, String kind, String name) {
    return arguments(kind, name)
        .map(arguments -> "kubectl logs -n %s %s".formatted(namespace, String.join(" ", arguments)))
        .orElseGet(() -> "kubectl describe -n %s %s %s".formatted(namespace, kind, name));
  }
}
