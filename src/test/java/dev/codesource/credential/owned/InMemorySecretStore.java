package dev.codesource.credential.owned;

import dev.codesource.reason.Outcome;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Keeps Secrets in memory, with a new resourceVersion at each write, as the API server does. {@link
 * OwnedSecretStoreContract} holds both to the same behaviour.
 */
public final class InMemorySecretStore implements OwnedSecretStore {

  private final Clock clock;
  private final Map<String, Secret> secrets = new LinkedHashMap<>();
  private long version;

  public InMemorySecretStore(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Optional<Secret> find(String namespace, String name, String type) {
    return Optional.ofNullable(secrets.get(namespace + "/" + name))
        .filter(secret -> type.equals(secret.getType()))
        .map(InMemorySecretStore::copy);
  }

  @Override
  public synchronized Outcome<Secret> create(
      HasMetadata owner, String name, String type, Map<String, String> values) {
    String namespace = owner.getMetadata().getNamespace();
    if (secrets.containsKey(namespace + "/" + name)) {
      return OwnedSecretStore.conflict(name, clock.instant());
    }
    return Outcome.done(
        put(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .withOwnerReferences(Ownership.reference(owner))
                .endMetadata()
                .withType(type)
                .withData(SecretFields.encoded(values))
                .build()));
  }

  @Override
  public synchronized Outcome<Secret> replace(Secret read, Map<String, String> values) {
    return isCurrent(read)
        ? Outcome.done(put(new SecretBuilder(read).withData(SecretFields.encoded(values)).build()))
        : OwnedSecretStore.conflict(read.getMetadata().getName(), clock.instant());
  }

  @Override
  public synchronized Outcome<Secret> handOver(Secret read, HasMetadata successor) {
    if (!isCurrent(read)) {
      return OwnedSecretStore.conflict(read.getMetadata().getName(), clock.instant());
    }
    List<OwnerReference> owners =
        new ArrayList<>(
            read.getMetadata().getOwnerReferences().stream()
                .filter(owner -> !Boolean.TRUE.equals(owner.getController()))
                .toList());
    owners.add(Ownership.reference(successor));
    return Outcome.done(
        put(
            new SecretBuilder(read)
                .editMetadata()
                .withOwnerReferences(owners)
                .endMetadata()
                .build()));
  }

  @Override
  public synchronized boolean delete(Secret read) {
    return isCurrent(read) && secrets.remove(key(read)) != null;
  }

  /** What somebody else writes, whatever is there. */
  public synchronized Secret put(Secret secret) {
    Secret stored =
        new SecretBuilder(secret)
            .editMetadata()
            .withUid(
                Optional.ofNullable(secret.getMetadata().getUid())
                    .orElseGet(() -> UUID.randomUUID().toString()))
            .withResourceVersion(Long.toString(++version))
            .endMetadata()
            .build();
    secrets.put(key(secret), stored);
    return copy(stored);
  }

  /** All that is stored. */
  public synchronized List<Secret> all() {
    return secrets.values().stream().map(InMemorySecretStore::copy).toList();
  }

  private boolean isCurrent(Secret read) {
    Secret present = secrets.get(key(read));
    return present != null
        && Objects.equals(
            present.getMetadata().getResourceVersion(), read.getMetadata().getResourceVersion())
        && Objects.equals(present.getMetadata().getUid(), read.getMetadata().getUid());
  }

  private static String key(Secret secret) {
    return secret.getMetadata().getNamespace() + "/" + secret.getMetadata().getName();
  }

  private static Secret copy(Secret secret) {
    return new SecretBuilder(secret).build();
  }
}
