package dev.codesource.credential;

import static dev.codesource.reason.Reason.CaNotFound;

import dev.codesource.api.BindingSpec.CaConfigMapRef;
import dev.codesource.api.BindingSpec.Tls;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.http.TrustAnchors;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ApiReads;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/**
 * The certificates that a binding's host is verified against: those of the Secret that holds what
 * is sent, or those of the ConfigMap that the binding names, if the Secret accepts them.
 */
public record CaCertificates(KubernetesClient client, ApiReads reads) {

  /**
   * The certificates; empty: the public ones; or {@code CaNotFound} or {@code CaNotTrusted}.
   *
   * @param consent of the Secret that holds what is sent to the host
   */
  public Outcome<Optional<TrustAnchors>> of(CodeSourceBinding binding, CaConsent consent) {
    return Optional.ofNullable(binding.getSpec().tls())
        .map(Tls::caConfigMapRef)
        .map(
            ref ->
                consent
                    .open(ref.name())
                    .then(_ -> named(binding.getMetadata().getNamespace(), ref))
                    .then(consent::accept)
                    .map(Optional::of))
        .orElseGet(() -> Outcome.done(consent.certificates()));
  }

  /** The same, for who does not wait long for a place to read. */
  public CaCertificates withShortWait() {
    return new CaCertificates(client, reads.withShortWait());
  }

  private Outcome<NamedCa> named(String namespace, CaConfigMapRef ref) {
    return reads.read(namespace, () -> read(namespace, ref));
  }

  private Outcome<NamedCa> read(String namespace, CaConfigMapRef ref) {
    String key = ref.key() == null ? "ca.crt" : ref.key();
    ConfigMap configMap = client.configMaps().inNamespace(namespace).withName(ref.name()).get();
    if (configMap == null) {
      return Outcome.refused(
          CaNotFound, "There is no ConfigMap %s in this namespace.".formatted(ref.name()));
    }
    String pem = configMap.getData() == null ? null : configMap.getData().get(key);
    return pem == null
        ? Outcome.refused(CaNotFound, "The ConfigMap %s has no key %s.".formatted(ref.name(), key))
        : TrustAnchors.parse(
                version(configMap), "key %s of the ConfigMap %s".formatted(key, ref.name()), pem)
            .map(anchors -> new NamedCa(ref.name(), CaConsent.digest(pem), anchors));
  }

  private static String version(ConfigMap configMap) {
    return configMap.getMetadata().getUid() + "/" + configMap.getMetadata().getResourceVersion();
  }
}
