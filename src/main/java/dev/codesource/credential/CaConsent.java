package dev.codesource.credential;

import dev.codesource.api.BindingSpec.CaConfigMapRef;
import dev.codesource.http.TrustAnchors;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which certificates may vouch for the host that a stored secret is sent to. The writer of the
 * secret decides: otherwise whoever may create a binding could name an authority of their own, and
 * read the secret on its way to the host.
 *
 * @param title as a sentence names the place where the secret is stored, after "The"
 * @param secret the Secret; empty: the administrator's files, whose rules a binding cannot change
 * @param certificates that are trusted instead of the public ones
 * @param digest of the value of a ConfigMap that a binding may name
 */
public record CaConsent(
    String title,
    Optional<SecretName> secret,
    Optional<TrustAnchors> certificates,
    Optional<String> digest) {

  /** The certificates themselves, in PEM form. */
  public static final String CERTIFICATES_KEY = "ca.crt";

  /** The digest of the value of a ConfigMap: {@code sha256:} and hexadecimal digits. */
  public static final String DIGEST_KEY = "ca_digest";

  /** A Secret, as a command names it. */
  record SecretName(String namespace, String name) {}

  /** Only the public authorities. */
  static CaConsent none(String title) {
    return new CaConsent(title, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The digest of a value, as the key {@link #DIGEST_KEY} holds it. */
  public static String digest(String value) {
    return SecretData.digest(value);
  }

  /**
   * The certificates for the host: those that a binding names, if the secret's writer accepts them,
   * or else the secret's own.
   *
   * @param named by the binding
   * @param read reads them; called only if the binding may name some
   * @return the certificates; empty: the public authorities; or {@code CaNotTrusted}, or what the
   *     reading says
   */
  public Outcome<Optional<TrustAnchors>> choose(
      Optional<CaConfigMapRef> named, Function<CaConfigMapRef, Outcome<NamedCa>> read) {
    return named
        .map(
            ref -> open(ref.name()).then(_ -> read.apply(ref)).then(this::accept).map(Optional::of))
        .orElseGet(() -> Outcome.done(certificates));
  }

  /** Whether a binding may name certificates at all; or {@code CaNotTrusted}. */
  Outcome<CaConsent> open(String configMap) {
    return secret.isPresent()
        ? Outcome.done(this)
        : Outcome.refused(
            Reason.CaNotTrusted,
            "The %s does not accept the certificates of the ConfigMap %s, nor of any other; nothing was sent. The administrator can add the certificates as %s to the Secret of the application."
                .formatted(title, configMap, CERTIFICATES_KEY));
  }

  /** The certificates that a binding names, if the secret's writer accepts them. */
  Outcome<TrustAnchors> accept(NamedCa named) {
    return isAmongCertificates(named) || isDigest(named)
        ? Outcome.done(named.anchors())
        : Outcome.refused(
            Reason.CaNotTrusted,
            "The %s does not accept the certificates of the ConfigMap %s; nothing was sent. This makes it accept them: %s."
                .formatted(
                    title, named.configMap(), secret.map(to -> command(to, named)).orElse("")));
  }

  private boolean isAmongCertificates(NamedCa named) {
    return certificates.filter(own -> own.containsAll(named.anchors())).isPresent();
  }

  private boolean isDigest(NamedCa named) {
    return digest
        .filter(accepted -> accepted.strip().toLowerCase(Locale.ROOT).equals(named.digest()))
        .isPresent();
  }

  private static String command(SecretName secret, NamedCa named) {
    return "kubectl patch secret %s --namespace %s --type=merge -p '{\"stringData\":{\"%s\":\"%s\"}}'"
        .formatted(secret.name(), secret.namespace(), DIGEST_KEY, named.digest());
  }
}
