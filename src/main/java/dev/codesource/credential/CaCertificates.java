package dev.codesource.credential;

import dev.codesource.api.BindingSpec.CaConfigMapRef;
import dev.codesource.api.BindingSpec.Tls;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.http.TrustAnchors;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ApiReads;
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
    return consent.choose(
        Optional.ofNullable(binding.getSpec().tls()).map(Tls::caConfigMapRef),
        ref -> named(binding.getMetadata().getNamespace(), ref));
  }

  /** The same, for who does not wait long for a place to read. */
  public CaCertificates withShortWait() {
    return new CaCertificates(client, reads.withShortWait());
  }

  private Outcome<NamedCa> named(String namespace, CaConfigMapRef ref) {
    return reads.read(
        namespace,
        () ->
            NamedCa.of(
                ref,
                Optional.ofNullable(
                    client.configMaps().inNamespace(namespace).withName(ref.name()).get())));
  }
}
