package dev.codesource.builder;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.codesource.api.ApiGroup;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An object that builds, as the informers keep it: without its spec, and of its status only what
 * became of it. A PipelineRun repeats its whole Pipeline in its status.
 *
 * <p>It is read as what it is: the deserializer of {@link HasMetadata} chooses a class by the kind.
 */
@JsonDeserialize(using = JsonDeserializer.None.class)
@JsonIgnoreProperties(ignoreUnknown = true)
@SuppressWarnings("serial") // it is never serialized by Java
abstract class ObservedRun implements HasMetadata, Namespaced {

  /** What the operator writes to an object: the keys, and how long their values are at most. */
  private static final Map<String, Integer> KEYS =
      Map.of(
          BuilderRuns.TRIGGER_UID, RunMetadata.LONGEST_LABEL,
          BuilderRuns.RULE, RunMetadata.LONGEST_LABEL,
          BuilderRuns.COMMIT, 64,
          BuilderRuns.REF, 300,
          BuilderRuns.FOUND_AT, 40,
          BuilderRuns.IMAGE, 512);

  /** Those that any {@link RunObjects} reads. */
  private static final Set<String> PARTS =
      Set.of(
          "conditions",
          "results",
          "output",
          "failureDetails",
          "startTime",
          "completionTime",
          "latestImage",
          "stepStates",
          "succeeded",
          "failed",
          "active",
          "ready");

  /** It reads the statuses of all kinds, and writes nothing. */
  private static final BuilderRuns STATUSES = new BuilderRuns("", Map.of());

  private static final OnlyParts ONLY_PARTS = new OnlyParts();

  private final RunKind runKind = RunKind.named(HasMetadata.getKind(getClass())).orElseThrow();
  private ObjectMeta metadata = new ObjectMeta();
  private Progress progress = Progress.NONE;
  private @Nullable Proven proven;

  /** What it was found to be. */
  private record Proven(Optional<Run> run) {}

  @Group("tekton.dev")
  @Version("v1")
  @Plural("pipelineruns")
  @Kind("PipelineRun")
  static final class OfPipeline extends ObservedRun {}

  @Group("tekton.dev")
  @Version("v1")
  @Plural("taskruns")
  @Kind("TaskRun")
  static final class OfTask extends ObservedRun {}

  @Group("shipwright.io")
  @Version("v1beta1")
  @Plural("buildruns")
  @Kind("BuildRun")
  static final class OfShipwright extends ObservedRun {}

  @Group("kpack.io")
  @Version("v1alpha2")
  @Plural("builds")
  @Kind("Build")
  static final class OfKpack extends ObservedRun {}

  @Group("batch")
  @Version("v1")
  @Plural("jobs")
  @Kind("Job")
  static final class OfBuildKit extends ObservedRun {}

  /** The class of a kind. */
  static Class<? extends ObservedRun> of(RunKind kind) {
    return switch (kind) {
      case PipelineRun -> OfPipeline.class;
      case TaskRun -> OfTask.class;
      case BuildRun -> OfShipwright.class;
      case Build -> OfKpack.class;
      case Job -> OfBuildKit.class;
    };
  }

  /**
   * Drops the rest. Whoever may write a status may write anything: one that cannot be read would
   * stop the watch of all namespaces.
   */
  private static final class OnlyParts {

    /** Of one part, in characters. Tekton limits the results of a Task to 4 KiB. */
    private static final int LONGEST_PART = 16 << 10;

    private static final int DEEPEST = 16;

    /** A value takes so much besides its text. */
    private static final int OF_VALUE = 32;

    Map<String, Object> of(@Nullable Object status) {
      return status instanceof Map<?, ?> parts
          ? parts.entrySet().stream()
              .filter(entry -> entry.getKey() instanceof String key && PARTS.contains(key))
              .filter(entry -> entry.getValue() != null)
              .filter(entry -> length(entry.getValue(), DEEPEST) <= LONGEST_PART)
              .collect(
                  Collectors.toUnmodifiableMap(
                      entry -> String.valueOf(entry.getKey()), Map.Entry::getValue))
          : Map.of();
    }

    private static long length(@Nullable Object value, int depth) {
      if (depth == 0) {
        return LONGEST_PART + 1L;
      }
      return OF_VALUE
          + switch (value) {
            case Map<?, ?> map ->
                map.entrySet().stream()
                    .mapToLong(
                        entry ->
                            String.valueOf(entry.getKey()).length()
                                + length(entry.getValue(), depth - 1))
                    .sum();
            case List<?> list -> list.stream().mapToLong(each -> length(each, depth - 1)).sum();
            case String text -> text.length();
            case null, default -> 0;
          };
    }
  }

  /** Keeps what the operator wrote, and the trigger that is the owner. */
  public static final class Trim extends StdConverter<@Nullable ObjectMeta, ObjectMeta> {

    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_UID = 63;

    @Override
    public ObjectMeta convert(@Nullable ObjectMeta read) {
      ObjectMeta kept = new ObjectMeta();
      if (read != null) {
        kept.setName(read.getName());
        kept.setNamespace(read.getNamespace());
        kept.setUid(read.getUid());
        kept.setResourceVersion(read.getResourceVersion());
        kept.setCreationTimestamp(read.getCreationTimestamp());
        kept.setDeletionTimestamp(read.getDeletionTimestamp());
        kept.setLabels(own(read.getLabels()));
        kept.setAnnotations(own(read.getAnnotations()));
        kept.setOwnerReferences(trigger(read.getOwnerReferences()).stream().toList());
      }
      return kept;
    }

    private static Optional<OwnerReference> trigger(@Nullable List<OwnerReference> owners) {
      return Objects.requireNonNullElse(owners, List.<OwnerReference>of()).stream()
          .filter(owner -> Boolean.TRUE.equals(owner.getController()))
          .filter(owner -> RunMetadata.TRIGGER_KIND.equals(owner.getKind()))
          .filter(owner -> is(owner.getApiVersion(), LONGEST_NAME))
          .filter(owner -> owner.getApiVersion().startsWith(ApiGroup.NAME + "/"))
          .filter(owner -> is(owner.getName(), LONGEST_NAME) && is(owner.getUid(), LONGEST_UID))
          .map(
              owner ->
                  new OwnerReferenceBuilder()
                      .withApiVersion(owner.getApiVersion())
                      .withKind(RunMetadata.TRIGGER_KIND)
                      .withName(owner.getName())
                      .withUid(owner.getUid())
                      .withController(true)
                      .build())
          .findFirst();
    }

    private static boolean is(@Nullable String text, int longest) {
      return text != null && text.length() <= longest;
    }

    private static Map<String, String> own(@Nullable Map<String, String> values) {
      return values == null
          ? Map.of()
          : values.entrySet().stream()
              .filter(entry -> is(entry.getValue(), KEYS.getOrDefault(entry.getKey(), -1)))
              .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }
  }

  /**
   * The build that this object is; empty: it is not proven to be one. Read once: its annotations
   * are hashed for it.
   */
  Optional<Run> run() {
    Proven known = proven;
    if (known == null) {
      known = new Proven(RunMetadata.run(runKind, metadata, progress));
      proven = known;
    }
    return known.run();
  }

  Progress progress() {
    return progress;
  }

  @Override
  public ObjectMeta getMetadata() {
    return metadata;
  }

  @Override
  @JsonIgnoreProperties({"managedFields", "finalizers"})
  @JsonDeserialize(converter = Trim.class)
  public void setMetadata(@Nullable ObjectMeta read) {
    this.metadata = Objects.requireNonNullElseGet(read, ObjectMeta::new);
  }

  @Override
  public String getKind() {
    return runKind.name();
  }

  /** The class tells it. */
  public void setKind(String kind) {}

  @Override
  public String getApiVersion() {
    return runKind.apiVersion();
  }

  /** The class tells it. */
  @Override
  public void setApiVersion(String version) {}

  /** Only what became of the build is kept. */
  public void setStatus(@Nullable Object status) {
    this.progress =
        STATUSES.progress(
            new GenericKubernetesResourceBuilder()
                .withKind(runKind.name())
                .addToAdditionalProperties("status", ONLY_PARTS.of(status))
                .build());
  }
}
