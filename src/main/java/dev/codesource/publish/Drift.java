package dev.codesource.publish;

import dev.codesource.credential.SecretData;
import dev.codesource.runtime.ControllerDefaults;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether a Secret differs from its desired content. Additions of others (a label, an annotation, a
 * key) are not drift. Keys that the operator wrote earlier and no longer wants are drift; its
 * managed fields show them.
 */
final class Drift {

  private Drift() {}

  static boolean isBetween(DesiredSecret desired, Secret desiredSecret, Secret actual) {
    return !has(actual.getMetadata().getLabels(), desired.labels())
        || !has(actual.getMetadata().getAnnotations(), desired.annotations())
        || !hasData(actual.getData(), desiredSecret.getData())
        || !ownedPaths(actual).equals(Optional.of(wantedPaths(desired)));
  }

  private static boolean has(@Nullable Map<String, String> actual, Map<String, String> desired) {
    return desired.isEmpty()
        || (actual != null && actual.entrySet().containsAll(desired.entrySet()));
  }

  /** Of a long value only the digest is in memory. */
  private static boolean hasData(
      @Nullable Map<String, String> actual, Map<String, String> desired) {
    return desired.isEmpty()
        || (actual != null
            && desired.entrySet().stream()
                .allMatch(
                    entry -> SecretData.isSame(actual.get(entry.getKey()), entry.getValue())));
  }

  private static Set<String> wantedPaths(DesiredSecret desired) {
    Set<String> paths = new HashSet<>();
    desired.labels().keySet().forEach(key -> paths.add("label " + key));
    desired.annotations().keySet().forEach(key -> paths.add("annotation " + key));
    desired.data().keySet().forEach(key -> paths.add("data " + key));
    return paths;
  }

  /**
   * The keys that the operator has applied
   * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management).
   */
  private static Optional<Set<String>> ownedPaths(Secret actual) {
    return Optional.ofNullable(actual.getMetadata().getManagedFields()).stream()
        .flatMap(List::stream)
        .filter(entry -> ControllerDefaults.FIELD_MANAGER.equals(entry.getManager()))
        .filter(entry -> "Apply".equals(entry.getOperation()))
        .findFirst()
        .map(Drift::paths);
  }

  private static Set<String> paths(ManagedFieldsEntry entry) {
    Map<?, ?> fields = entry.getFieldsV1().getAdditionalProperties();
    Map<?, ?> metadata = child(fields, "f:metadata");
    Set<String> paths = new TreeSet<>();
    addKeys(paths, "label ", child(metadata, "f:labels"));
    addKeys(paths, "annotation ", child(metadata, "f:annotations"));
    addKeys(paths, "data ", child(fields, "f:data"));
    return paths;
  }

  private static Map<?, ?> child(Map<?, ?> parent, String name) {
    return parent.get(name) instanceof Map<?, ?> map ? map : Map.of();
  }

  private static void addKeys(Set<String> paths, String prefix, Map<?, ?> fields) {
    for (Object field : fields.keySet()) {
      if (field instanceof String name && name.startsWith("f:")) {
        paths.add(prefix + name.substring("f:".length()));
      }
    }
  }
}
