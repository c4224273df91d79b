package dev.codesource.publish;

import dev.codesource.runtime.ControllerDefaults;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The labels, annotations and keys of a Secret, each as a path, with who owns which
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management). Only the
 * operator applies; all others update.
 */
final class OwnedFields {

  private static final String LABEL = "label ";
  private static final String ANNOTATION = "annotation ";
  private static final String DATA = "data ";

  private final Map<String, String> values = new TreeMap<>();
  private final Map<String, Set<String>> owners = new TreeMap<>();

  /** Applies by force: what others say otherwise is overruled, and is no longer theirs. */
  void apply(Secret wanted) {
    Map<String, String> next = valuesIn(wanted);
    Set<String> mine = ownedBy(ControllerDefaults.FIELD_MANAGER);
    mine.removeAll(next.keySet());
    mine.stream().filter(path -> !isOwnedByAnother(path)).forEach(values::remove);
    next.forEach(
        (path, value) -> {
          if (!value.equals(values.put(path, value))) {
            disown(path);
          }
        });
    owners.put(ControllerDefaults.FIELD_MANAGER, new TreeSet<>(next.keySet()));
  }

  /** Writes as an editor does: whoever changes a field takes it over. */
  void update(String manager, Secret edited) {
    Map<String, String> next = valuesIn(edited);
    Set<String> changed = new TreeSet<>(next.keySet());
    changed.removeIf(path -> next.get(path).equals(values.get(path)));
    Set<String> gone = new TreeSet<>(values.keySet());
    gone.removeAll(next.keySet());
    changed.forEach(this::disown);
    gone.forEach(this::disown);
    values.clear();
    values.putAll(next);
    ownedBy(manager).addAll(changed);
  }

  Map<String, String> labels() {
    return under(LABEL);
  }

  Map<String, String> annotations() {
    return under(ANNOTATION);
  }

  Map<String, String> data() {
    return under(DATA);
  }

  ManagedFieldsEntry[] entries() {
    return owners.entrySet().stream()
        .filter(owner -> !owner.getValue().isEmpty())
        .map(owner -> entry(owner.getKey(), owner.getValue()))
        .toArray(ManagedFieldsEntry[]::new);
  }

  private static ManagedFieldsEntry entry(String manager, Set<String> paths) {
    FieldsV1 fields = new FieldsV1();
    fields.setAdditionalProperty("f:data", names(DATA, paths));
    fields.setAdditionalProperty(
        "f:metadata",
        Map.of("f:labels", names(LABEL, paths), "f:annotations", names(ANNOTATION, paths)));
    return new ManagedFieldsEntryBuilder()
        .withManager(manager)
        .withOperation(manager.equals(ControllerDefaults.FIELD_MANAGER) ? "Apply" : "Update")
        .withFieldsV1(fields)
        .build();
  }

  private static Map<String, Object> names(String prefix, Set<String> paths) {
    Map<String, Object> names = new TreeMap<>(Map.of(".", Map.of()));
    paths.stream()
        .filter(path -> path.startsWith(prefix))
        .forEach(path -> names.put("f:" + path.substring(prefix.length()), Map.of()));
    return names;
  }

  private Set<String> ownedBy(String manager) {
    return owners.computeIfAbsent(manager, _ -> new TreeSet<>());
  }

  private boolean isOwnedByAnother(String path) {
    return owners.entrySet().stream()
        .filter(owner -> !owner.getKey().equals(ControllerDefaults.FIELD_MANAGER))
        .anyMatch(owner -> owner.getValue().contains(path));
  }

  private void disown(String path) {
    owners.values().forEach(paths -> paths.remove(path));
  }

  private Map<String, String> under(String prefix) {
    Map<String, String> found = new TreeMap<>();
    values.forEach(
        (path, value) -> {
          if (path.startsWith(prefix)) {
            found.put(path.substring(prefix.length()), value);
          }
        });
    return found;
  }

  private static Map<String, String> valuesIn(Secret secret) {
    Map<String, String> values = new HashMap<>();
    put(values, LABEL, secret.getMetadata().getLabels());
    put(values, ANNOTATION, secret.getMetadata().getAnnotations());
    put(values, DATA, secret.getData());
    return values;
  }

  private static void put(Map<String, String> values, String prefix, Map<String, String> more) {
    Objects.requireNonNullElse(more, Map.<String, String>of())
        .forEach((name, value) -> values.put(prefix + name, value));
  }
}
