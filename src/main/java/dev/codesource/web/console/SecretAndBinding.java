package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Stores a binding together with the Secret with its token. */
final class SecretAndBinding {

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.console");

  private SecretAndBinding() {}

  /**
   * Writes both or, as far as that can be known before, neither. The Secret then goes with the
   * binding.
   *
   * @param attempt has the API server say whether it would accept the binding
   * @param write stores the binding
   * @throws KubernetesClientException if the API server does not accept one of them
   */
  static void write(
      KubernetesClient api, Secret secret, Runnable attempt, Supplier<CodeSourceBinding> write) {
    api.resource(secret).dryRun().create();
    attempt.run();
    Secret stored = api.resource(secret).create();
    CodeSourceBinding made;
    try {
      made = write.get();
    } catch (RuntimeException e) {
      takeBack(api, stored);
      throw e;
    }
    try {
      api.resource(stored)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              Changing.owner(made, stored.getMetadata().getUid()));
    } catch (KubernetesClientException e) {
      // Then the Secret is not deleted with the binding, which is said when somebody unbinds.
      LOG.debugf("A Secret has no owner: the API server answers %d", e.getCode());
    }
  }

  private static void takeBack(KubernetesClient api, Secret stored) {
    try {
      Changing.delete(api, stored);
    } catch (KubernetesClientException e) {
      LOG.warnf(
          "The Secret %s/%s stays without a binding: the API server answers %d",
          stored.getMetadata().getNamespace(), stored.getMetadata().getName(), e.getCode());
    }
  }
}
