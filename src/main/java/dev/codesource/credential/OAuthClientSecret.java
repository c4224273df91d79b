package dev.codesource.credential;

import dev.codesource.address.SiteUrl;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;
import java.util.function.Function;

/**
 * The Secret that holds an OAuth application. As for tokens, its type marks it as meant for this
 * operator, and its key {@code url} says where the application's secret may be sent.
 */
public final class OAuthClientSecret {

  public static final String TYPE = "codesource.dev/oauth-client";
  public static final String URL_KEY = "url";
  public static final String ID_KEY = "client_id";
  public static final String SECRET_KEY = "client_secret";

  private OAuthClientSecret() {}

  /**
   * Reads the application for a site.
   *
   * @return the application; or {@code SecretKeyMissing}, {@code CredentialForOtherHost} or {@code
   *     CredentialMalformed}
   */
  public static Outcome<OAuthClient> read(Secret secret, SiteUrl site) {
    return read(
        "Secret " + secret.getMetadata().getName(), key -> SecretData.text(secret, key), site);
  }

  /**
   * Reads the application for a site from any place that has the keys of such a Secret.
   *
   * @param title as a sentence names the place, after "The"
   */
  public static Outcome<OAuthClient> read(
      String title, Function<String, Optional<String>> values, SiteUrl site) {
    StoredFields fields = new StoredFields(title, values);
    return fields
        .value(URL_KEY)
        .then(url -> fields.sameOrigin(url, site))
        .then(ignored -> fields.value(ID_KEY))
        .then(id -> fields.wellFormed(ID_KEY, id))
        .then(
            id ->
                fields
                    .value(SECRET_KEY)
                    .then(secret -> fields.wellFormed(SECRET_KEY, secret))
                    .map(secret -> new OAuthClient(id.reveal(), secret)));
  }

  /** What to say when there is no Secret of that name. */
  public static <T> Outcome<T> notFound(String name, SiteUrl site) {
    return new UnreadSecret(name, command(name, site)).notFound();
  }

  /** What to say when the Secret of that name is of another type. */
  public static <T> Outcome<T> otherType(String name, SiteUrl site) {
    return new UnreadSecret(name, command(name, site)).otherThan(TYPE);
  }

  private static String command(String name, SiteUrl site) {
    return "kubectl create secret generic %s --type=%s --from-literal=url=%s --from-literal=client_id=… --from-literal=client_secret=…"
        .formatted(name, TYPE, site);
  }
}
