package dev.codesource.runtime;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** Takes finalizers off resources that are being deleted. */
@FunctionalInterface
interface FinalizerRemover<P extends HasMetadata> {

  /**
   * Takes a finalizer off a resource as it is now. There is nothing to do where it has gone, where
   * another one has its name, or where the finalizer is off already.
   *
   * @param seen the resource, perhaps in an older version
   * @throws KubernetesClientException with the API server's answer; nothing was changed
   */
  void remove(P seen, String finalizer);
}
