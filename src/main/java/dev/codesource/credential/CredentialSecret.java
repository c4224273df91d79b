package dev.codesource.credential;

import static dev.codesource.reason.Reason.SecretNotFound;
import static dev.codesource.reason.Reason.SecretTypeNotAllowed;

import dev.codesource.address.SiteUrl;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The Secret that holds a token. Its type marks it as meant for this operator, and its key {@code
 * url} says where the token may be sent: without that word of whoever wrote the Secret, anyone who
 * may create a binding could have any token of the namespace sent to a host of their own.
 */
public final class CredentialSecret {

  public static final String TYPE = "codesource.dev/token";
  public static final String URL_KEY = "url";
  public static final String TOKEN_KEY = "token";

  /** The account's e-mail address, for platforms that want it with the token. */
  public static final String EMAIL_KEY = "email";

  /** Present when the operator obtained the token through OAuth. */
  public static final String REFRESH_TOKEN_KEY = "refresh_token";

  private CredentialSecret() {}

  /**
   * Reads the credential for a site.
   *
   * @return the credential; or {@code SecretKeyMissing}, {@code CredentialForOtherHost} or {@code
   *     CredentialMalformed}
   */
  public static Outcome<Credential> read(Secret secret, SiteUrl site) {
    StoredFields fields =
        new StoredFields(
            "Secret " + secret.getMetadata().getName(), key -> optionalValue(secret, key));
    return fields
        .value(URL_KEY)
        .then(url -> fields.sameOrigin(url, site))
        .then(ignored -> fields.value(TOKEN_KEY))
        .then(token -> fields.wellFormed(TOKEN_KEY, token))
        .map(
            token ->
                new Credential(
                    token,
                    fields.optional(EMAIL_KEY).map(String::strip),
                    fields.optional(REFRESH_TOKEN_KEY).isPresent()
                        ? Credential.Origin.OAUTH
                        : Credential.Origin.PERSON,
                    secret.getMetadata().getUid()
                        + "/"
                        + secret.getMetadata().getResourceVersion()));
  }

  /** What to say when there is no Secret of that name. */
  public static <T> Outcome<T> notFound(String name, SiteUrl site) {
    return Outcome.refused(
        SecretNotFound,
        "There is no Secret %s in this namespace; this makes one: %s."
            .formatted(name, command(name, site)));
  }

  /** What to say when the Secret of that name is of another type. */
  public static <T> Outcome<T> otherType(String name, SiteUrl site) {
    return Outcome.refused(
        SecretTypeNotAllowed,
        "The Secret %s is not of type %s, so it was not read; this makes one that is: %s."
            .formatted(name, TYPE, command(name, site)));
  }

  private static String command(String name, SiteUrl site) {
    return "kubectl create secret generic %s --type=%s --from-literal=url=%s --from-literal=token=…"
        .formatted(name, TYPE, site);
  }

  static Optional<String> optionalValue(Secret secret, String key) {
    return Optional.ofNullable(secret.getData())
        .flatMap(data -> Optional.ofNullable(data.get(key)))
        .map(encoded -> new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
  }
}
