package dev.codesource.credential;

import static dev.codesource.reason.Reason.CaNotFound;

import dev.codesource.api.BindingSpec.CaConfigMapRef;
import dev.codesource.api.BindingSpec.Tls;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.http.TrustAnchors;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/** Reads the CA certificates of a binding from the ConfigMap that it names. */
public record CaCertificates(KubernetesClient client) {

  /** The certificates; empty where the binding names none; or {@code CaNotFound}. */
  public Outcome<Optional<TrustAnchors>> of(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getSpec().tls())
        .map(Tls::caConfigMapRef)
        .map(ref -> read(binding.getMetadata().getNamespace(), ref).map(Optional::of))
        .orElseGet(() -> Outcome.done(Optional.empty()));
  }

  private Outcome<TrustAnchors> read(String namespace, CaConfigMapRef ref) {
    String key = ref.key() == null ? "ca.crt" : ref.key();
    ConfigMap configMap = client.configMaps().inNamespace(namespace).withName(ref.name()).get();
    if (configMap == null) {
      return Outcome.refused(
          CaNotFound, "There is no ConfigMap %s in this namespace.".formatted(ref.name()));
    }
    String pem = configMap.getData() == null ? null : configMap.getData().get(key);
    return pem == null
        ? Outcome.refused(CaNotFound, "The ConfigMap %s has no key %s.".formatted(ref.name(), key))
        : TrustAnchors.parse(version(configMap), pem);
  }

  private static String version(ConfigMap configMap) {
    return configMap.getMetadata().getUid() + "/" + configMap.getMetadata().getResourceVersion();
  }
}
