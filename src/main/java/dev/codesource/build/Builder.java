package dev.codesource.build;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.TriggerSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What builds a commit, or is told of it. */
public sealed interface Builder {

  /** As the rules of the trigger name it. */
  String name();

  /**
   * An HTTP endpoint that the administrator has set up.
   *
   * @param sink the name that the administrator gave it
   */
  record Sink(String name, String sink) implements Builder {}

  /** One that builds in the cluster, by an object for each commit. */
  sealed interface InCluster extends Builder {

    /** The entry of {@code spec.publish} of a binding whose Secret the builder reads. */
    Publication publication();
  }

  /**
   * Tekton.
   *
   * @param isPipeline whether it is a Pipeline that is run; else a Task
   * @param reference the name of the Pipeline or Task
   * @param params templates, by the name of the parameter
   */
  record Tekton(
      String name,
      boolean isPipeline,
      String reference,
      Map<String, String> params,
      List<TriggerSpec.Workspace> workspaces)
      implements InCluster {
    @Override
    public Publication publication() {
      return Publication.Tekton;
    }
  }

  /**
   * Shipwright.
   *
   * @param params templates, by the name of the parameter of the strategy
   */
  record Shipwright(
      String name, TriggerSpec.StrategyKind kind, String strategy, Map<String, String> params)
      implements InCluster {
    @Override
    public Publication publication() {
      return Publication.Shipwright;
    }
  }

  /**
   * kpack.
   *
   * @param image with the buildpacks
   */
  record Kpack(String name, String image) implements InCluster {
    @Override
    public Publication publication() {
      return Publication.Kpack;
    }
  }

  /**
   * BuildKit in a Job.
   *
   * @param address of a buildkitd; empty: the Job runs one itself
   * @param clientSecret with the client's certificate
   */
  record BuildKit(String name, Optional<String> address, Optional<String> clientSecret)
      implements InCluster {
    @Override
    public Publication publication() {
      return Publication.BuildKit;
    }
  }

  /** The builder of a rule; empty: what is due is only shown. */
  static Optional<Builder> of(@Nullable List<TriggerSpec.Builder> builders, TriggerSpec.Rule rule) {
    List<TriggerSpec.Builder> all = builders == null ? List.of() : builders;
    Optional<TriggerSpec.Builder> named =
        rule.builder() == null && all.size() == 1
            ? Optional.of(all.getFirst())
            : all.stream().filter(builder -> builder.name().equals(rule.builder())).findFirst();
    return named.flatMap(Builder::read);
  }

  private static Optional<Builder> read(TriggerSpec.Builder builder) {
    return Stream.of(
            Optional.ofNullable(builder.sink()).map(sink -> new Sink(builder.name(), sink.name())),
            Optional.ofNullable(builder.tekton()).flatMap(tekton -> tekton(builder.name(), tekton)),
            Optional.ofNullable(builder.shipwright())
                .map(shipwright -> shipwright(builder.name(), shipwright)),
            Optional.ofNullable(builder.kpack())
                .map(kpack -> new Kpack(builder.name(), kpack.builderImage())),
            Optional.ofNullable(builder.buildkit())
                .map(buildkit -> buildKit(builder.name(), buildkit)))
        .<Builder>flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Tekton> tekton(String name, TriggerSpec.Tekton tekton) {
    Map<String, String> params = Objects.requireNonNullElse(tekton.params(), Map.of());
    List<TriggerSpec.Workspace> workspaces =
        Objects.requireNonNullElse(tekton.workspaces(), List.of());
    return Optional.ofNullable(tekton.pipelineRef())
        .map(pipeline -> new Tekton(name, true, pipeline.name(), params, workspaces))
        .or(
            () ->
                Optional.ofNullable(tekton.taskRef())
                    .map(task -> new Tekton(name, false, task.name(), params, workspaces)));
  }

  private static Shipwright shipwright(String name, TriggerSpec.Shipwright shipwright) {
    return new Shipwright(
        name,
        Objects.requireNonNullElse(
            shipwright.strategy().kind(), TriggerSpec.StrategyKind.ClusterBuildStrategy),
        shipwright.strategy().name(),
        Objects.requireNonNullElse(shipwright.params(), Map.of()));
  }

  private static BuildKit buildKit(String name, TriggerSpec.BuildKit buildkit) {
    return new BuildKit(
        name,
        Optional.ofNullable(buildkit.address()),
        Optional.ofNullable(buildkit.clientSecretRef()).map(TriggerSpec.ObjectName::name));
  }
}
