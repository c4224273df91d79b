package dev.codesource.builder;

import dev.codesource.build.BuildLog;
import dev.codesource.build.Builder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Optional;

/** A kind of object that builds one commit. */
public enum RunKind {
  /** https://tekton.dev/docs/pipelines/pipelineruns/. */
  PipelineRun("tekton.dev", "v1", "pipelineruns", "tekton"),
  /** https://tekton.dev/docs/pipelines/taskruns/. */
  TaskRun("tekton.dev", "v1", "taskruns", "tekton"),
  /** https://shipwright.io/docs/build/buildrun/. */
  BuildRun("shipwright.io", "v1beta1", "buildruns", "shipwright"),
  /** https://github.com/buildpacks-community/kpack/blob/main/docs/build.md. */
  Build("kpack.io", "v1alpha2", "builds", "kpack"),
  /** https://kubernetes.io/docs/concepts/workloads/controllers/job/. */
  Job("batch", "v1", "jobs", "buildkit");

  private final String group;
  private final String version;
  private final String plural;
  private final String builder;

  RunKind(String group, String version, String plural, String builder) {
    this.group = group;
    this.version = version;
    this.plural = plural;
    this.builder = builder;
  }

  /** The kind of object of a builder. */
  public static RunKind of(Builder.InCluster builder) {
    return switch (builder) {
      case Builder.Tekton tekton -> tekton.isPipeline() ? PipelineRun : TaskRun;
      case Builder.Shipwright _ -> BuildRun;
      case Builder.Kpack _ -> Build;
      case Builder.BuildKit _ -> Job;
    };
  }

  /** The kind of that name, if it is one of these. */
  public static Optional<RunKind> named(String kind) {
    for (RunKind each : values()) {
      if (each.name().equals(kind)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  public String group() {
    return group;
  }

  public String version() {
    return version;
  }

  public String plural() {
    return plural;
  }

  /** The group and the version, as objects have them. */
  public String apiVersion() {
    return group + "/" + version;
  }

  /** The builder, as {@code operator.builders} of the chart and the trigger's field name it. */
  public String builder() {
    return builder;
  }

  /** The command that shows the log of a build. */
  public String log(String namespace, String name) {
    return BuildLog.command(namespace, name(), name);
  }

  /** How the API server has it. */
  public ResourceDefinitionContext context() {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withPlural(plural)
        .withKind(name())
        .withNamespaced(true)
        .build();
  }
}
