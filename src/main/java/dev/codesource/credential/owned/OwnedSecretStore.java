package dev.codesource.credential.owned;

import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The Secrets that the operator keeps for a binding. Every write is of the version that was read
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#updates-to-existing-resources), so
 * of two who write one is told that it is late.
 */
public record OwnedSecretStore(KubernetesClient client) {

  /** A Secret's name must be a DNS subdomain (RFC 1123). */
  private static final int MAX_NAME = 253;

  /** The name of a binding's own Secret; a long one is cut, and told apart by a digest. */
  public static String nameFor(CodeSourceBinding binding, String suffix) {
    String name = binding.getMetadata().getName();
    return name.length() + suffix.length() <= MAX_NAME
        ? name + suffix
        : name.substring(0, MAX_NAME - suffix.length() - 9)
            + "-%08x".formatted(name.hashCode())
            + suffix;
  }

  /** Whether a Secret is the binding's own. */
  public static boolean owns(CodeSourceBinding binding, Secret secret) {
    return secret.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> owner.getUid().equals(binding.getMetadata().getUid()));
  }

  public static Optional<String> value(Secret secret, String key) {
    return Optional.ofNullable(secret.getData())
        .flatMap(data -> Optional.ofNullable(data.get(key)))
        .map(encoded -> new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
  }

  /** Reads a Secret of that type only: the data of others never reaches the operator. */
  public Optional<Secret> find(String namespace, String name, String type) {
    return client
        .secrets()
        .inNamespace(namespace)
        .withField("metadata.name", name)
        .withField("type", type)
        .list()
        .getItems()
        .stream()
        .findFirst();
  }

  /** Stores a new Secret; empty: there is one of that name already. */
  public Optional<Secret> create(
      CodeSourceBinding binding, String name, String type, Map<String, String> values) {
    Secret secret =
        new SecretBuilder()
            .withMetadata(
                new ObjectMetaBuilder()
                    .withName(name)
                    .withNamespace(binding.getMetadata().getNamespace())
                    .addToLabels("app.kubernetes.io/managed-by", "code-source-operator")
                    .withOwnerReferences(
                        new OwnerReferenceBuilder()
                            .withApiVersion(binding.getApiVersion())
                            .withKind(binding.getKind())
                            .withName(binding.getMetadata().getName())
                            .withUid(binding.getMetadata().getUid())
                            .withController(true)
                            .build())
                    .build())
            .withType(type)
            .withData(encoded(values))
            .build();
    return unlessConflict(() -> client.secrets().resource(secret).create());
  }

  /** Replaces what was read; empty: it was changed or deleted since. */
  public Optional<Secret> replace(Secret read, Map<String, String> values) {
    Secret next = new SecretBuilder(read).withData(encoded(values)).build();
    return unlessConflict(
        () ->
            client
                .secrets()
                .resource(next)
                .lockResourceVersion(read.getMetadata().getResourceVersion())
                .update());
  }

  /** Deletes what was read; false: it was changed or deleted since, by somebody else. */
  public boolean delete(Secret read) {
    return unlessConflict(
            () -> {
              boolean found =
                  !client
                      .secrets()
                      .resource(read)
                      .lockResourceVersion(read.getMetadata().getResourceVersion())
                      .delete()
                      .isEmpty();
              return found ? read : null;
            })
        .isPresent();
  }

  /** What is written, and null for nothing. */
  @FunctionalInterface
  private interface Write {
    @org.jspecify.annotations.Nullable
    Secret perform();
  }

  private static Optional<Secret> unlessConflict(Write write) {
    try {
      return Optional.ofNullable(write.perform());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT
          || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Map<String, String> encoded(Map<String, String> values) {
    Map<String, String> data = new TreeMap<>();
    values.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return data;
  }
}
