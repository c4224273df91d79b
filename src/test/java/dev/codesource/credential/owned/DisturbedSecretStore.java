package dev.codesource.credential.owned;

import dev.codesource.credential.SecretData;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Secrets in memory, with something happening between a read and the write that follows it. */
public final class DisturbedSecretStore implements OwnedSecretStore {

  private final InMemorySecretStore store;
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();

  public DisturbedSecretStore(Clock clock) {
    this.store = new InMemorySecretStore(clock);
  }

  /**
   * Has an event happen before each of the next writes; it may throw what the write then throws.
   */
  public void beforeNextWrites(Runnable... next) {
    events.addAll(List.of(next));
  }

  /** As an event: nothing happens. */
  public static void nothing() {}

  /** As an event: the API server does not answer. */
  public static void outage() {
    throw new KubernetesClientException("the API server does not answer", 503, null);
  }

  /** As an event: the API server refuses what it always will. */
  public static void refusal() {
    throw new KubernetesClientException(
        "refused",
        422,
        new StatusBuilder()
            .withCode(422)
            .withMessage("data: Forbidden: field is immutable when `immutable` is set")
            .build());
  }

  /** How many events are yet to happen. */
  public int eventsLeft() {
    return events.size();
  }

  /** As an event: a tool that labels changes every Secret. */
  public void relabel() {
    store
        .all()
        .forEach(
            secret ->
                store.put(
                    new SecretBuilder(secret)
                        .editMetadata()
                        .addToLabels("changed", UUID.randomUUID().toString())
                        .endMetadata()
                        .build()));
  }

  /** As an event: somebody deletes every Secret. */
  public void deleteAll() {
    store.all().forEach(store::delete);
  }

  /** Has somebody else write a Secret, which is not the operator's. */
  public Secret putForeign(String namespace, String name, String type, Map<String, String> values) {
    return store.put(
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .endMetadata()
            .withType(type)
            .withData(SecretFields.encoded(values))
            .build());
  }

  /** All that is stored. */
  public List<Secret> all() {
    return store.all();
  }

  /** A Secret of any type. */
  public Optional<Secret> named(String name) {
    return store.all().stream()
        .filter(secret -> secret.getMetadata().getName().equals(name))
        .findFirst();
  }

  /** One value of a Secret; empty where either is missing. */
  public Optional<String> value(String name, String key) {
    return named(name).flatMap(secret -> SecretData.text(secret, key));
  }

  @Override
  public Optional<Secret> find(String namespace, String name, String type) {
    return store.find(namespace, name, type);
  }

  @Override
  public Outcome<Secret> create(
      HasMetadata owner, String name, String type, Map<String, String> values) {
    happen();
    return store.create(owner, name, type, values);
  }

  @Override
  public Outcome<Secret> replace(Secret read, Map<String, String> values) {
    happen();
    return store.replace(read, values);
  }

  @Override
  public Outcome<Secret> handOver(Secret read, HasMetadata successor) {
    happen();
    return store.handOver(read, successor);
  }

  @Override
  public boolean delete(Secret read) {
    happen();
    return store.delete(read);
  }

  private void happen() {
    Runnable event = events.poll();
    if (event != null) {
      event.run();
    }
  }
}
