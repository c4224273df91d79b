package dev.codesource.credential;

import dev.codesource.address.SiteUrl;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The Secret that holds an OAuth application. As for tokens, its type marks it as meant for this
 * operator, and its key {@code url} says where the application's secret may be sent.
 */
public final class OAuthClientSecret {

  public static final String TYPE = "codesource.dev/oauth-client";
  public static final String URL_KEY = "url";
  public static final String ID_KEY = "client_id";
  public static final String SECRET_KEY = "client_secret";

  /** What RFC 6749 appendix A.1 allows, without what has a meaning in a path or a query. */
  private static final Pattern CLIENT_ID = Pattern.compile("[A-Za-z0-9._~:@!*,+=-]{1,255}");

  private OAuthClientSecret() {}

  /** Where these Secrets are read from: an informer, or the API server. */
  public interface Source {

    /** The Secret of that name, if it is of type {@link OAuthClientSecret#TYPE}. */
    Optional<Secret> find(String namespace, String name);

    /** Whether there is a Secret of that name and of any other type. */
    boolean hasOtherType(String namespace, String name);
  }

  /**
   * Finds and reads the application for a site.
   *
   * @return the application; or {@code SecretNotFound}, {@code SecretTypeNotAllowed}, or a reason
   *     of {@link #read(Secret, SiteUrl)}
   */
  public static Outcome<OAuthClient> read(
      Source source, String namespace, String name, SiteUrl site) {
    return source
        .find(namespace, name)
        .map(secret -> read(secret, site))
        .orElseGet(
            () -> {
              UnreadSecret unread = new UnreadSecret(name, command(namespace, name, site));
              return source.hasOtherType(namespace, name)
                  ? unread.otherThan(TYPE)
                  : unread.notFound();
            });
  }

  /**
   * Reads the application for a site.
   *
   * @return the application; or {@code SecretKeyMissing}, {@code CredentialForOtherHost} or {@code
   *     CredentialMalformed} or {@code CaNotFound}
   */
  public static Outcome<OAuthClient> read(Secret secret, SiteUrl site) {
    return read(
        new StoredFields(
            "Secret " + secret.getMetadata().getName(), key -> SecretData.text(secret, key)),
        Optional.of(SecretData.name(secret)),
        site);
  }

  /**
   * Reads an administrator's application for a site, from a place that has the keys of such a
   * Secret. A binding cannot add to the certificates that it accepts.
   *
   * @param title of the source, as a sentence names it after "The"
   */
  public static Outcome<OAuthClient> readOfAdministrator(
      String title, Function<String, Optional<String>> values, SiteUrl site) {
    return read(new StoredFields(title, values), Optional.empty(), site);
  }

  private static Outcome<OAuthClient> read(
      StoredFields fields, Optional<CaConsent.SecretName> secretName, SiteUrl site) {
    return fields
        .value(URL_KEY)
        .then(url -> fields.covering(url, site))
        .then(_ -> fields.matching(ID_KEY, CLIENT_ID, "a client ID"))
        .then(
            id ->
                fields
                    .value(SECRET_KEY)
                    .then(secret -> fields.wellFormed(SECRET_KEY, secret))
                    .then(
                        secret ->
                            fields
                                .caConsent(secretName)
                                .map(ca -> new OAuthClient(id, secret, ca))));
  }

  private static String command(String namespace, String name, SiteUrl site) {
    return "%s --from-literal=client_id=… --from-literal=client_secret=…"
        .formatted(UnreadSecret.creation(namespace, name, TYPE, site));
  }
}
