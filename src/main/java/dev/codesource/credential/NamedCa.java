package dev.codesource.credential;

import static dev.codesource.reason.Reason.CaNotFound;

import dev.codesource.api.BindingSpec.CaConfigMapRef;
import dev.codesource.http.TrustAnchors;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Optional;

/**
 * The certificates that a binding names.
 *
 * @param configMap the name of the ConfigMap that they are in
 * @param digest of the value as it is stored, in the form that a Secret consents to
 */
public record NamedCa(String configMap, String digest, TrustAnchors anchors) {

  /**
   * Reads the certificates of a ConfigMap.
   *
   * @param ref what the binding names
   * @param configMap empty: there is none of that name
   * @return the certificates; or {@code CaNotFound}
   */
  public static Outcome<NamedCa> of(CaConfigMapRef ref, Optional<ConfigMap> configMap) {
    String key = ref.key() == null ? CaConsent.CERTIFICATES_KEY : ref.key();
    if (configMap.isEmpty()) {
      return Outcome.refused(
          CaNotFound, "There is no ConfigMap %s in this namespace.".formatted(ref.name()));
    }
    ConfigMap found = configMap.get();
    String pem = found.getData() == null ? null : found.getData().get(key);
    return pem == null
        ? Outcome.refused(CaNotFound, "The ConfigMap %s has no key %s.".formatted(ref.name(), key))
        : TrustAnchors.parse(
                version(found), "key %s of the ConfigMap %s".formatted(key, ref.name()), pem)
            .map(anchors -> new NamedCa(ref.name(), CaConsent.digest(pem), anchors));
  }

  private static String version(ConfigMap configMap) {
    return configMap.getMetadata().getUid() + "/" + configMap.getMetadata().getResourceVersion();
  }
}
