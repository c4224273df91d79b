package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** A binding that a person has filled in, and the Secret with its token. */
record NewBinding(String namespace, BindingForm form) {

  /**
   * Writes both or, as far as that can be known before, neither.
   *
   * @throws KubernetesClientException if the API server does not accept one of them
   */
  void write(KubernetesClient api) {
    CodeSourceBinding binding =
        api.getKubernetesSerialization()
            .unmarshal(form.binding(namespace), CodeSourceBinding.class);
    if (!form.access().isByToken()) {
      api.resource(binding).create();
      return;
    }
    SecretAndBinding.write(
        api,
        form.secret(namespace),
        () -> api.resource(binding).dryRun().create(),
        () -> api.resource(binding).create());
  }
}
