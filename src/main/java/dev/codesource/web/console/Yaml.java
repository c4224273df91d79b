package dev.codesource.web.console;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;

/** Objects as {@code kubectl get -o yaml} shows them. */
final class Yaml {

  private Yaml() {}

  static String of(KubernetesSerialization serialization, HasMetadata object) {
    Map<?, ?> all = serialization.convertValue(object, Map.class);
    if (all.get("metadata") instanceof Map<?, ?> metadata) {
      metadata.remove("managedFields");
    }
    return serialization.asYaml(all);
  }
}
