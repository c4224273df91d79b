package dev.codesource.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import java.util.Optional;
import java.util.Set;

/** Which namespaces the operator watches, for informers that the Operator SDK does not start. */
final class WatchedNamespaces {

  private WatchedNamespaces() {}

  /**
   * Reads the setting of the Operator SDK.
   *
   * @return the names; empty: all
   */
  static Set<String> of(KubernetesClient client, Optional<Set<String>> setting) {
    Set<String> namespaces = setting.orElse(Constants.DEFAULT_NAMESPACES_SET);
    if (namespaces.contains(Constants.WATCH_ALL_NAMESPACES)) {
      return Set.of();
    }
    return namespaces.contains(Constants.WATCH_CURRENT_NAMESPACE)
        ? Set.of(client.getConfiguration().getNamespace())
        : namespaces;
  }
}
