package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.jboss.logging.Logger;

/** A binding that a person has filled in, and the Secret with its token. */
record NewBinding(String namespace, BindingForm form) {

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.console");

  /** The only type of Secrets with a token that the operator reads. */
  private static final String TOKEN_TYPE = "codesource.dev/token";

  /**
   * Writes both or, as far as that can be known before, neither.
   *
   * @throws KubernetesClientException if the API server does not accept one of them
   */
  void write(KubernetesClient api) {
    CodeSourceBinding binding =
        api.getKubernetesSerialization()
            .unmarshal(form.binding(namespace), CodeSourceBinding.class);
    if (!form.isByToken()) {
      api.resource(binding).create();
      return;
    }
    Secret secret = secret();
    api.resource(secret).dryRun().create();
    api.resource(binding).dryRun().create();
    Secret stored = api.resource(secret).create();
    CodeSourceBinding made;
    try {
      made = api.resource(binding).create();
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

  private Secret secret() {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(form.secretName())
        .withNamespace(namespace)
        .endMetadata()
        .withType(TOKEN_TYPE)
        .withStringData(form.secret())
        .build();
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
