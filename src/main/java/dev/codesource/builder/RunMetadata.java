package dev.codesource.builder;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerRules;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The labels and annotations of an object that builds: whose it is, and what it builds. */
final class RunMetadata {

  /** Of the value of a label, and of a DNS label. */
  static final int LONGEST_LABEL = 63;

  /**
   * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set.
   */
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");

  /** The kind of the owner of all builds. */
  static final String TRIGGER_KIND = HasMetadata.getKind(CodeSourceTrigger.class);

  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final Pattern IMAGE = Pattern.compile(TriggerRules.REFERENCE);

  private RunMetadata() {}

  static Map<String, String> labels(BuildOrder order) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(Ownership.MANAGED_BY, ControllerDefaults.FIELD_MANAGER);
    if (LABEL.matcher(order.owner().getName()).matches()) {
      labels.put(BuilderRuns.TRIGGER, order.owner().getName());
    }
    labels.put(BuilderRuns.TRIGGER_UID, order.owner().getUid());
    labels.put(BuilderRuns.RULE, order.due().rule());
    String sha = order.due().sha();
    labels.put(BuilderRuns.COMMIT, sha.substring(0, Math.min(sha.length(), LONGEST_LABEL)));
    return labels;
  }

  static Map<String, String> annotations(BuildOrder order) {
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put(BuilderRuns.REF, order.due().ref().fullName());
    annotations.put(BuilderRuns.COMMIT, order.due().sha());
    annotations.put(BuilderRuns.FOUND_AT, order.due().foundAt().toString());
    order.images().stream()
        .findFirst()
        .ifPresent(image -> annotations.put(BuilderRuns.IMAGE, image));
    return annotations;
  }

  /**
   * The build that an object is, as its labels, its annotations and its owner have it. Others may
   * write these, too; the name of the object tells whether they are true.
   *
   * @param metadata of which nothing is longer than the operator writes it
   * @param progress as the status of the object has it
   */
  static Optional<Run> run(RunKind kind, ObjectMeta metadata, Progress progress) {
    boolean isDeleted = metadata.getDeletionTimestamp() != null;
    return owner(metadata)
        .flatMap(
            owner ->
                due(metadata)
                    .filter(due -> RunName.isOf(metadata.getName(), owner, due))
                    .flatMap(
                        due ->
                            time(metadata.getCreationTimestamp())
                                .map(
                                    createdAt ->
                                        new Run(
                                            kind,
                                            metadata.getNamespace(),
                                            metadata.getName(),
                                            metadata.getUid(),
                                            owner.getUid(),
                                            owner.getName(),
                                            due,
                                            value(metadata.getAnnotations(), BuilderRuns.IMAGE)
                                                .filter(image -> IMAGE.matcher(image).matches()),
                                            isDeleted ? progress.deleted() : progress,
                                            createdAt,
                                            isDeleted))));
  }

  /** The label is what the objects are selected by: without it none of them would be told of. */
  private static Optional<OwnerReference> owner(ObjectMeta metadata) {
    return metadata.getOwnerReferences().stream()
        .filter(owner -> owner.getUid().equals(metadata.getLabels().get(BuilderRuns.TRIGGER_UID)))
        .findFirst();
  }

  private static Optional<DueCommit> due(ObjectMeta metadata) {
    Map<String, String> annotations = metadata.getAnnotations();
    Optional<GitRef> ref =
        value(annotations, BuilderRuns.REF)
            .flatMap(
                name ->
                    GitRef.of(name) instanceof Outcome.Done<GitRef>(var known)
                        ? Optional.of(known)
                        : Optional.empty());
    Optional<Instant> foundAt = time(annotations.get(BuilderRuns.FOUND_AT));
    Optional<String> rule = value(metadata.getLabels(), BuilderRuns.RULE);
    Optional<String> sha =
        value(annotations, BuilderRuns.COMMIT).filter(text -> COMMIT.matcher(text).matches());
    return ref.flatMap(
        name ->
            foundAt.flatMap(
                at ->
                    rule.flatMap(
                        of -> sha.map(it -> new DueCommit(of, name, it, Optional.empty(), at)))));
  }

  private static Optional<String> value(Map<String, String> values, String key) {
    return Optional.ofNullable(values.get(key));
  }

  private static Optional<Instant> time(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(Instant::parse);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
