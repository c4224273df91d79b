package dev.codesource.build;

/** The command that shows the log of what builds. */
public final class BuildLog {

  /**
   * kubectl reads containers in no order, and shows ten lines of each pod that a label finds. One
   * that never started is an error, and would hide the others.
   */
  private static final String ALL = " --all-containers --ignore-errors --tail=-1";

  private BuildLog() {}

  /**
   * The command for the pods of a run, or a description of a run of an unknown kind.
   *
   * @param kind of Kubernetes, such as {@code PipelineRun}
   * @param name of the run
   */
  public static String command(String namespace, String kind, String name) {
    String logs = "kubectl logs -n %s ".formatted(namespace);
    return switch (kind) {
      // https://tekton.dev/docs/pipelines/labels/
      case "PipelineRun" -> logs + "-l tekton.dev/pipelineRun=" + name + ALL;
      case "TaskRun" -> logs + "-l tekton.dev/taskRun=" + name + ALL;
      // https://shipwright.io/docs/build/buildrun/#relationship-with-tekton-tasks
      case "BuildRun" -> logs + "-l buildrun.shipwright.io/name=" + name + ALL;
      // pkg/apis/build/v1alpha2/build_pod.go of kpack: PodName, and a container for each phase
      case "Build" -> logs + name + "-build-pod" + ALL;
      case "Job" -> logs + "job/" + name + ALL;
      default -> "kubectl describe -n %s %s %s".formatted(namespace, kind, name);
    };
  }
}
