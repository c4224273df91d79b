package dev.codesource.builder;

import dev.codesource.api.TriggerSpec;
import dev.codesource.api.TriggerSpec.StrategyKind;
import dev.codesource.api.TriggerSpec.Workspace;
import dev.codesource.build.BuildRule;
import dev.codesource.build.Builder;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is to be built in tests: the trigger shop builds branches by its rule main. */
public final class Orders {

  public static final String SHA = "0123456789abcdef0123456789abcdef01234567";
  public static final Instant FOUND_AT = Instant.parse("2026-11-30T06:07:08Z");
  public static final String IMAGE = "moby/buildkit:v0.32.0-rootless";

  /** Of all that a builder may be given. */
  public static final BuilderRuns RUNS =
      new BuilderRuns(IMAGE, Map.of("limits", Map.of("memory", "4Gi")));

  public static final Map<String, String> PARAMS =
      Map.of(
          "url", "${cloneUrl}",
          "revision", "${sha}",
          "image", "${image}",
          "context", "${contextDir}",
          "version", "${version}");

  /** A builder of each kind of object, by the name of its file in src/test/resources/builder. */
  public static final Map<String, Builder.InCluster> BUILDERS = builders();

  private Orders() {}

  private static Map<String, Builder.InCluster> builders() {
    Map<String, Builder.InCluster> all = new LinkedHashMap<>();
    all.put(
        "pipelinerun",
        new Builder.Tekton(
            "tekton",
            true,
            "build",
            PARAMS,
            List.of(
                new Workspace("source", null, null, null, "1Gi"),
                new Workspace("basic-auth", null, "code-tekton-gitconfig", null, null))));
    all.put(
        "taskrun",
        new Builder.Tekton(
            "tekton",
            false,
            "build",
            PARAMS,
            List.of(
                new Workspace("source", true, null, null, null),
                new Workspace("cache", null, null, "cache", null))));
    all.put(
        "buildrun",
        new Builder.Shipwright(
            "shipwright",
            StrategyKind.ClusterBuildStrategy,
            "buildah",
            Map.of("storage-driver", "vfs")));
    all.put("build", new Builder.Kpack("kpack", "paketobuildpacks/builder-jammy-base"));
    all.put("job", new Builder.BuildKit("buildkit", Optional.empty(), Optional.empty()));
    all.put(
        "job-client",
        new Builder.BuildKit(
            "buildkit",
            Optional.of("tcp://buildkitd.build.svc:1234"),
            Optional.of("buildkit-client")));
    return all;
  }

  public static OwnerReference trigger() {
    return trigger("shop");
  }

  static OwnerReference trigger(String name) {
    return new OwnerReferenceBuilder()
        .withApiVersion("codesource.dev/v1alpha1")
        .withKind("CodeSourceTrigger")
        .withName(name)
        .withUid("11111111-2222-3333-4444-555555555555")
        .withController(true)
        .withBlockOwnerDeletion(false)
        .build();
  }

  static DueCommit due(String ref) {
    return new DueCommit(
        "main",
        ((Outcome.Done<GitRef>) GitRef.of(ref)).value(),
        SHA,
        Optional.of("f".repeat(40)),
        FOUND_AT);
  }

  /** Of a branch that is called release-1.2. */
  public static BuildOrder order() {
    return order("refs/heads/release-1.2");
  }

  public static BuildOrder order(String ref) {
    return order(ref, Map.of("VERSION", "${version}", "IMAGE", "${image}"));
  }

  static BuildOrder order(String ref, Map<String, String> buildArgs) {
    return order(
        ref,
        buildArgs,
        URI.create("https://gitlab.corp.example:8443/team/shop.git"),
        List.of("registry.example.com/team/shop:1.2", "registry.example.com/team/shop:latest"));
  }

  static BuildOrder order(
      String ref, Map<String, String> buildArgs, URI cloneUrl, List<String> images) {
    DueCommit due = due(ref);
    Optional<String> contextDir = Optional.of("services/a+b@~");
    Optional<String> dockerfile = Optional.of("docker/Dockerfile");
    List<String> platforms = List.of("linux/amd64", "linux/arm64");
    BuildRule rule =
        ((Outcome.Done<BuildRule>)
                BuildRule.of(
                    new TriggerSpec.Rule(
                        "main",
                        "(release-)?(?<version>.*)",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null)))
            .value();
    return new BuildOrder(
        "team-a",
        trigger(),
        RunName.of(trigger(), due),
        due,
        cloneUrl,
        images,
        contextDir,
        dockerfile,
        buildArgs,
        platforms,
        rule.variables(due, cloneUrl, images, contextDir, dockerfile, platforms),
        "codesource-builder",
        "code-published",
        Optional.of("registry"),
        Duration.ofMinutes(90));
  }
}
