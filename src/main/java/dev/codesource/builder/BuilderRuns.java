package dev.codesource.builder;

import dev.codesource.build.Builder;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Optional;

/**
 * The objects that build: how they are written, what became of them, how they are cancelled. Pure
 * functions.
 */
public final class BuilderRuns {

  /** The name of the trigger; not there if it is no value of a label. */
  public static final String TRIGGER = "codesource.dev/trigger";

  /** The UID of the trigger. */
  public static final String TRIGGER_UID = "codesource.dev/trigger-uid";

  /** The name of the rule. */
  public static final String RULE = "codesource.dev/rule";

  /** A label with the first 63 characters of the commit, and an annotation with all of them. */
  public static final String COMMIT = "codesource.dev/commit";

  /** An annotation: the full name of the branch or tag. */
  public static final String REF = "codesource.dev/ref";

  /** An annotation: when the commit was found, RFC 3339 in UTC. */
  public static final String FOUND_AT = "codesource.dev/found-at";

  /** An annotation: the first name of the image. */
  public static final String IMAGE = "codesource.dev/image";

  private final TektonRuns tekton = new TektonRuns();
  private final ShipwrightRuns shipwright = new ShipwrightRuns();
  private final KpackBuilds kpack = new KpackBuilds();
  private final BuildKitJobs buildKit;

  /**
   * @param buildKitImage of the pods of BuildKit's Jobs, such as {@code
   *     moby/buildkit:v0.32.0-rootless}
   * @param buildKitResources of their containers, as {@code resources} of a container has them; may
   *     be empty
   */
  public BuilderRuns(String buildKitImage, Map<String, Object> buildKitResources) {
    this.buildKit = new BuildKitJobs(buildKitImage, buildKitResources);
  }

  /**
   * The object that builds a commit.
   *
   * @return the object; or {@code BuildParameterInvalid}
   */
  public Outcome<GenericKubernetesResource> object(Builder.InCluster builder, BuildOrder order) {
    return spec(builder, order).map(spec -> object(RunKind.of(builder), order, spec));
  }

  private Outcome<Map<String, Object>> spec(Builder.InCluster builder, BuildOrder order) {
    return switch (builder) {
      case Builder.Tekton each -> tekton.spec(each, order);
      case Builder.Shipwright each -> shipwright.spec(each, order);
      case Builder.Kpack each -> kpack.spec(each, order);
      case Builder.BuildKit each -> buildKit.spec(each, order);
    };
  }

  private static GenericKubernetesResource object(
      RunKind kind, BuildOrder order, Map<String, Object> spec) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(kind.apiVersion())
        .withKind(kind.name())
        .withNewMetadata()
        .withNamespace(order.namespace())
        .withName(order.name())
        .withLabels(RunMetadata.labels(order))
        .withAnnotations(RunMetadata.annotations(order))
        .withOwnerReferences(order.owner())
        .endMetadata()
        .addToAdditionalProperties("spec", spec)
        .build();
  }

  /**
   * What became of an object, as its status says. An object that is being deleted before it has
   * ended is cancelled.
   */
  public Progress progress(GenericKubernetesResource run) {
    Progress progress =
        Optional.ofNullable(run.getKind())
            .flatMap(RunKind::named)
            .map(kind -> objects(kind).progress(run))
            .orElse(Progress.NONE);
    boolean isDeleted =
        Optional.ofNullable(run.getMetadata()).map(ObjectMeta::getDeletionTimestamp).isPresent();
    return isDeleted ? progress.deleted() : progress;
  }

  /**
   * A JSON merge patch that cancels a run of this kind that has not ended; empty: there is none, so
   * the object is deleted.
   */
  public Optional<Map<String, Object>> cancellation(RunKind kind) {
    return objects(kind).cancellation(kind);
  }

  private RunObjects<?> objects(RunKind kind) {
    return switch (kind) {
      case PipelineRun, TaskRun -> tekton;
      case BuildRun -> shipwright;
      case Build -> kpack;
      case Job -> buildKit;
    };
  }
}
