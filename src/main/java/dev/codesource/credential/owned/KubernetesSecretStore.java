package dev.codesource.credential.owned;

import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ApiErrors;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Stores the Secrets in the API server. */
public record KubernetesSecretStore(KubernetesClient client, Clock clock)
    implements OwnedSecretStore {

  @Override
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

  @Override
  public Outcome<Secret> create(
      HasMetadata owner, String name, String type, Map<String, String> values) {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(owner.getMetadata().getNamespace())
            .addToLabels(Ownership.MANAGED_BY, ControllerDefaults.FIELD_MANAGER)
            .withOwnerReferences(Ownership.reference(owner))
            .endMetadata()
            .withType(type)
            .withData(SecretFields.encoded(values))
            .build();
    return orConflict(name, () -> client.secrets().resource(secret).create());
  }

  @Override
  public Outcome<Secret> replace(Secret read, Map<String, String> values) {
    // A patch, since what was read lacks what others have added. The label again, in case that
    // somebody has removed it: the chart's admission policy requires it.
    Map<String, @Nullable String> data = new HashMap<>();
    Objects.requireNonNullElse(read.getData(), Map.<String, String>of())
        .keySet()
        .forEach(key -> data.put(key, null));
    data.putAll(SecretFields.encoded(values));
    String patch =
        client
            .getKubernetesSerialization()
            .asJson(
                Map.of(
                    "metadata",
                    Map.of(
                        "resourceVersion",
                        read.getMetadata().getResourceVersion(),
                        "labels",
                        Map.of(Ownership.MANAGED_BY, ControllerDefaults.FIELD_MANAGER)),
                    "data",
                    data));
    return orConflict(
        read.getMetadata().getName(),
        () -> client.secrets().resource(read).patch(PatchContext.of(PatchType.JSON_MERGE), patch));
  }

  @Override
  public Outcome<Secret> handOver(Secret read, HasMetadata successor) {
    // A strategic merge, which joins owners by their UID: what was read may lack those of others.
    List<Object> owners = new ArrayList<>();
    read.getMetadata().getOwnerReferences().stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .filter(owner -> !owner.getUid().equals(successor.getMetadata().getUid()))
        .forEach(owner -> owners.add(Map.of("$patch", "delete", "uid", owner.getUid())));
    owners.add(Ownership.reference(successor));
    String patch =
        client
            .getKubernetesSerialization()
            .asJson(
                Map.of(
                    "metadata",
                    Map.of(
                        "resourceVersion",
                        read.getMetadata().getResourceVersion(),
                        "labels",
                        Map.of(Ownership.MANAGED_BY, ControllerDefaults.FIELD_MANAGER),
                        "ownerReferences",
                        owners)));
    return orConflict(
        read.getMetadata().getName(),
        () ->
            client
                .secrets()
                .resource(read)
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch));
  }

  @Override
  public boolean delete(Secret read) {
    try {
      return !client
          .secrets()
          .resource(read)
          .lockResourceVersion(read.getMetadata().getResourceVersion())
          .delete()
          .isEmpty();
    } catch (KubernetesClientException e) {
      if (isLost(e)) {
        return false;
      }
      throw e;
    }
  }

  private Outcome<Secret> orConflict(String name, Supplier<Secret> write) {
    try {
      return Outcome.done(write.get());
    } catch (KubernetesClientException e) {
      if (isLost(e)) {
        return OwnedSecretStore.conflict(name, clock.instant());
      }
      throw e;
    }
  }

  /** Whether the Secret was changed or deleted since it was read. */
  private static boolean isLost(KubernetesClientException e) {
    return ApiErrors.isConflict(e) || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }
}
