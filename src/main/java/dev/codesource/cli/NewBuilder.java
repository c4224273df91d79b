package dev.codesource.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What builds the commits of a new trigger: one of these options, or none. */
final class NewBuilder {

  @Option(
      names = "--pipeline",
      paramLabel = "NAME",
      description = "Build with Tekton, by this Pipeline.")
  private String pipeline = "";

  @Option(names = "--task", paramLabel = "NAME", description = "Build with Tekton, by this Task.")
  private String task = "";

  @Option(
      names = "--strategy",
      paramLabel = "NAME",
      description =
          "Build with Shipwright, by this ClusterBuildStrategy; BuildStrategy/NAME is one of the"
              + " namespace.")
  private String strategy = "";

  @Option(
      names = "--buildpacks",
      paramLabel = "IMAGE",
      description = "Build with kpack, by this image with buildpacks.")
  private String buildpacks = "";

  @Option(
      names = "--buildkit",
      paramLabel = "ADDRESS",
      arity = "0..1",
      fallbackValue = "Job",
      description =
          "Build with BuildKit, in a Job of its own, or on the buildkitd at an address such as"
              + " tcp://buildkitd.build.svc:1234.")
  private Optional<String> buildkit = Optional.empty();

  @Option(
      names = "--sink",
      paramLabel = "NAME",
      description =
          "Build nothing here, and tell the sink that the administrator has given this name.")
  private String sink = "";

  @Option(
      names = "--param",
      paramLabel = "NAME=VALUE",
      description =
          "With --pipeline, --task or --strategy: a parameter of it. $${…} stands for cloneUrl,"
              + " sha, image and others; may be repeated.")
  private Map<String, String> params = new LinkedHashMap<>();

  /** The entry of {@code spec.builders}; empty: none is wanted. */
  Optional<ObjectNode> json() {
    List<ObjectNode> all =
        Stream.of(
                named(pipeline, "tekton", "pipelineRef"),
                named(task, "tekton", "taskRef"),
                shipwright(),
                value(buildpacks, "kpack", "builderImage"),
                buildkit(),
                value(sink, "sink", "name"))
            .flatMap(Optional::stream)
            .toList();
    if (all.size() > 1) {
      throw Failure.usage(
          "Give one of --pipeline, --task, --strategy, --buildpacks, --buildkit and --sink.");
    }
    boolean takesParams =
        all.stream().anyMatch(each -> each.has("tekton") || each.has("shipwright"));
    if (!params.isEmpty() && !takesParams) {
      throw Failure.usage("--param is for --pipeline, --task and --strategy.");
    }
    if (takesParams && !params.isEmpty()) {
      ObjectNode builder = all.getFirst();
      ObjectNode of = (ObjectNode) builder.get(Json.text(builder, "name"));
      params.forEach(of.putObject("params")::put);
    }
    return all.stream().findFirst();
  }

  private static ObjectNode builder(String kind) {
    ObjectNode builder = JsonNodeFactory.instance.objectNode().put("name", kind);
    builder.putObject(kind);
    return builder;
  }

  private static Optional<ObjectNode> value(String value, String kind, String field) {
    if (value.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode builder = builder(kind);
    builder.withObject("/" + kind).put(field, value);
    return Optional.of(builder);
  }

  private static Optional<ObjectNode> named(String name, String kind, String field) {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Names.check(name);
    ObjectNode builder = builder(kind);
    builder.withObject("/" + kind).putObject(field).put("name", name);
    return Optional.of(builder);
  }

  private Optional<ObjectNode> shipwright() {
    String prefix = "BuildStrategy/";
    boolean isOfNamespace = strategy.startsWith(prefix);
    Optional<ObjectNode> builder =
        named(
            isOfNamespace ? strategy.substring(prefix.length()) : strategy,
            "shipwright",
            "strategy");
    if (isOfNamespace) {
      builder.ifPresent(
          each -> each.withObject("/shipwright/strategy").put("kind", "BuildStrategy"));
    }
    return builder;
  }

  private Optional<ObjectNode> buildkit() {
    return buildkit.map(
        address -> {
          ObjectNode builder = builder("buildkit");
          if (!address.equals("Job")) {
            builder.withObject("/buildkit").put("address", address);
          }
          return builder;
        });
  }
}
