package dev.codesource.publish;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.runtime.CachedObjects;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Keeps published Secrets in memory, as the API server and an informer do together: with versions,
 * with the fields that each writer owns, and with a cache that can be late. {@link
 * PublishedSecretStoreContract} holds both stores to the same behaviour.
 */
final class InMemoryPublishedSecretStore implements PublishedSecretStore {

  private static final String USER = "kubectl-edit";

  private final Map<String, Secret> stored = new TreeMap<>();
  private final Map<String, OwnedFields> fields = new HashMap<>();
  private final Map<String, Secret> cache = new TreeMap<>();
  private final CachedObjects cachedObjects = new CachedObjects();
  private final Map<String, KubernetesClientException> answers = new HashMap<>();
  private final List<String> writes = new ArrayList<>();
  private boolean isLate;
  private long version;

  @Override
  public List<Secret> referringTo(CodeSourceBinding binding) {
    return cache.values().stream()
        .filter(secret -> isBeside(secret, binding))
        .filter(
            secret ->
                secret.getMetadata().getOwnerReferences().stream()
                    .map(OwnerReference::getName)
                    .anyMatch(binding.getMetadata().getName()::equals))
        .toList();
  }

  private static boolean isBeside(Secret secret, CodeSourceBinding binding) {
    return secret.getMetadata().getNamespace().equals(binding.getMetadata().getNamespace());
  }

  @Override
  public Optional<Secret> find(String namespace, String name) {
    return Optional.ofNullable(cache.get(namespace + "/" + name));
  }

  @Override
  public Optional<ObjectMeta> metadata(String namespace, String name) {
    return stored(namespace, name).map(Secret::getMetadata);
  }

  @Override
  public void create(Secret wanted) {
    write("create", wanted);
    if (stored.containsKey(key(wanted))) {
      throw answer(409, "secrets \"%s\" already exists".formatted(name(wanted)));
    }
    OwnedFields applied = new OwnedFields();
    applied.apply(wanted);
    put(wanted, applied);
  }

  @Override
  public void apply(Secret wanted) {
    write("apply", wanted);
    Secret present = stored.get(key(wanted));
    if (present == null) {
      throw answer(409, "uid mismatch: there is no such Secret");
    }
    if (!Objects.equals(present.getMetadata().getUid(), wanted.getMetadata().getUid())) {
      throw invalid("metadata.uid");
    }
    if (!Objects.equals(present.getType(), wanted.getType())) {
      throw invalid("type");
    }
    if (Boolean.TRUE.equals(present.getImmutable())
        && !present.getData().entrySet().containsAll(wanted.getData().entrySet())) {
      throw invalid("data");
    }
    OwnedFields owned = fieldsOf(present);
    owned.apply(wanted);
    put(present, owned);
  }

  @Override
  public void delete(Secret seen) {
    write("delete", seen);
    Secret present = stored.get(key(seen));
    if (present != null
        && !Objects.equals(
            present.getMetadata().getResourceVersion(), seen.getMetadata().getResourceVersion())) {
      throw answer(409, "the object has been modified");
    }
    remove(seen);
  }

  /** What the API server has. */
  Optional<Secret> stored(String namespace, String name) {
    return Optional.ofNullable(stored.get(namespace + "/" + name))
        .map(secret -> new SecretBuilder(secret).build());
  }

  List<Secret> stored() {
    return List.copyOf(stored.values());
  }

  /** Somebody else writes a Secret of their own. */
  void putByUser(Secret secret) {
    OwnedFields owned = new OwnedFields();
    owned.update(USER, secret);
    put(secret, owned);
  }

  /** Somebody else changes a Secret. */
  void editByUser(String namespace, String name, UnaryOperator<SecretBuilder> change) {
    Secret present = stored(namespace, name).orElseThrow();
    Secret edited = change.apply(new SecretBuilder(present)).build();
    OwnedFields owned = fieldsOf(present);
    owned.update(USER, edited);
    put(edited, owned);
  }

  /** Somebody else deletes a Secret. */
  void deleteByUser(String namespace, String name) {
    remove(stored(namespace, name).orElseThrow());
  }

  /** From now on the informer learns nothing. */
  void beLate() {
    isLate = true;
  }

  /** The informer catches up. */
  void catchUp() {
    isLate = false;
    cache.clear();
    stored.values().forEach(this::noticed);
  }

  /** Has the API server answer a kind of write to a Secret so, and do nothing. */
  void answer(String verb, String name, KubernetesClientException refusal) {
    answers.put(verb + " " + name, refusal);
  }

  void answerAsUsual() {
    answers.clear();
  }

  /** What was asked of the API server since the last call of this: "create team-flux". */
  List<String> takeWrites() {
    List<String> taken = List.copyOf(writes);
    writes.clear();
    return taken;
  }

  void assertCacheUnchanged() {
    cachedObjects.assertUnchanged();
  }

  private void write(String verb, Secret secret) {
    String write = verb + " " + name(secret);
    writes.add(write);
    if (answers.containsKey(write)) {
      throw answers.get(write);
    }
  }

  private void put(Secret secret, OwnedFields owned) {
    ObjectMeta metadata = secret.getMetadata();
    Secret next =
        new SecretBuilder(secret)
            .editMetadata()
            .withUid(
                Objects.requireNonNullElseGet(
                    metadata.getUid(), InMemoryPublishedSecretStore::newUid))
            .withResourceVersion(Long.toString(++version))
            .withLabels(owned.labels())
            .withAnnotations(owned.annotations())
            .withManagedFields(owned.entries())
            .endMetadata()
            .withData(owned.data())
            .build();
    fields.put(next.getMetadata().getUid(), owned);
    stored.put(key(next), next);
    noticed(next);
  }

  private static String newUid() {
    return UUID.randomUUID().toString();
  }

  private void remove(Secret secret) {
    stored.remove(key(secret));
    if (!isLate) {
      cache.remove(key(secret));
    }
  }

  /** By the informer, which watches Secrets with the label of published ones. */
  private void noticed(Secret secret) {
    if (isLate) {
      return;
    }
    if (secret.getMetadata().getLabels().containsKey(DesiredSecret.PUBLISHED_FOR)) {
      cache.put(key(secret), cachedObjects.cached(new SecretBuilder(secret).build()));
    } else {
      cache.remove(key(secret));
    }
  }

  private OwnedFields fieldsOf(Secret present) {
    return fields.get(present.getMetadata().getUid());
  }

  static KubernetesClientException answer(int code, String message) {
    return new KubernetesClientException(
        new StatusBuilder().withCode(code).withMessage(message).build());
  }

  private static KubernetesClientException invalid(String field) {
    return new KubernetesClientException(
        new StatusBuilder()
            .withCode(422)
            .withMessage(field + ": field is immutable")
            .withNewDetails()
            .addNewCause(field, "field is immutable", "FieldValueInvalid")
            .endDetails()
            .build());
  }

  private static String key(Secret secret) {
    return secret.getMetadata().getNamespace() + "/" + name(secret);
  }

  private static String name(Secret secret) {
    return secret.getMetadata().getName();
  }
}
