package dev.codesource.runtime;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Secrets without metadata that the operator does not use, to save memory: the managed fields, and
 * the copy of the manifest that {@code kubectl apply} stores in an annotation.
 */
public final class TrimmedSecrets extends BasicItemStore<Secret> {

  /** https://kubernetes.io/docs/reference/labels-annotations-taints/ */
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  public TrimmedSecrets() {
    super(Cache::metaNamespaceKeyFunc);
  }

  @Override
  public Secret put(String key, Secret secret) {
    secret.getMetadata().setManagedFields(List.of());
    Map<String, String> annotations = secret.getMetadata().getAnnotations();
    if (annotations != null && annotations.containsKey(LAST_APPLIED)) {
      Map<String, String> others = new HashMap<>(annotations);
      others.remove(LAST_APPLIED);
      secret.getMetadata().setAnnotations(others);
    }
    return super.put(key, secret);
  }
}
