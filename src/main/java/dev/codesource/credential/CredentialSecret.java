package dev.codesource.credential;

import dev.codesource.address.SiteUrl;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The Secret that holds a token. Its type marks it as meant for this operator, and its key {@code
 * url} says where the token may be sent: without it, anyone who may create a binding could have any
 * token of the namespace sent to their own host.
 */
public final class CredentialSecret {

  public static final String TYPE = "codesource.dev/token";
  public static final String URL_KEY = "url";
  public static final String TOKEN_KEY = "token";

  /** The account's e-mail address, for platforms that require it with the token. */
  public static final String EMAIL_KEY = "email";

  /** RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.2, without quotes. */
  private static final Pattern EMAIL =
      Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}");

  /** The ID or client ID of a GitHub App, one of its installations, and its private key. */
  public static final String APP_ID_KEY = "app_id";

  public static final String INSTALLATION_ID_KEY = "installation_id";
  public static final String PRIVATE_KEY_KEY = "private_key";

  private static final Pattern APP_ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final Pattern INSTALLATION_ID = Pattern.compile("\\d{1,18}");

  /** Whether the token may be published; it may unless the value is another than "true". */
  public static final String PUBLISH_KEY = "publish";

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
    StoredFields fields = fields(secret);
    return fields
        .value(URL_KEY)
        .then(url -> fields.covering(url, site))
        .then(ignored -> fields.value(TOKEN_KEY))
        .then(token -> fields.wellFormed(TOKEN_KEY, token))
        .then(
            token ->
                fields
                    .optionalMatching(EMAIL_KEY, EMAIL, "an e-mail address")
                    .map(
                        email ->
                            new Credential(
                                token,
                                email,
                                fields.optional(REFRESH_TOKEN_KEY).isPresent()
                                    ? Credential.Source.OAUTH
                                    : Credential.Source.PERSON,
                                Optional.empty(),
                                mayBePublished(fields),
                                version(secret))));
  }

  /**
   * Reads the credential for a site where apps have access too: a token as in {@link #read}, or the
   * assertion that an app signs with the private key stored instead of a token.
   */
  public static Outcome<Credential> readOfAppToo(Secret secret, SiteUrl site, InstantSource clock) {
    StoredFields fields = fields(secret);
    if (fields.optional(TOKEN_KEY).isPresent() || fields.optional(PRIVATE_KEY_KEY).isEmpty()) {
      return read(secret, site);
    }
    return fields
        .value(URL_KEY)
        .then(url -> fields.covering(url, site))
        .then(_ -> fields.matching(APP_ID_KEY, APP_ID, "the ID or client ID of a GitHub App"))
        .then(
            app ->
                fields
                    .matching(
                        INSTALLATION_ID_KEY, INSTALLATION_ID, "the number of an app's installation")
                    .then(
                        installation ->
                            fields
                                .privateKey(PRIVATE_KEY_KEY)
                                .map(
                                    key ->
                                        new Credential(
                                            key.assertion(app, clock),
                                            Optional.empty(),
                                            Credential.Source.APP,
                                            Optional.of(installation),
                                            mayBePublished(fields),
                                            version(secret)))));
  }

  /** Which certificates the Secret accepts for its host; or {@code CaNotFound}. */
  public static Outcome<CaConsent> caConsent(Secret secret) {
    return fields(secret).caConsent(Optional.of(SecretData.name(secret)));
  }

  private static StoredFields fields(Secret secret) {
    return new StoredFields(
        "Secret " + secret.getMetadata().getName(), key -> SecretData.text(secret, key));
  }

  private static boolean mayBePublished(StoredFields fields) {
    return fields.optional(PUBLISH_KEY).map(String::strip).orElse("true").equals("true");
  }

  private static String version(Secret secret) {
    return secret.getMetadata().getUid() + "/" + secret.getMetadata().getResourceVersion();
  }

  /** The refusal when there is no Secret of that name. */
  public static <T> Outcome<T> notFound(String namespace, String name, SiteUrl site) {
    return new UnreadSecret(name, command(namespace, name, site)).notFound();
  }

  /** The refusal when the Secret of that name is of another type. */
  public static <T> Outcome<T> otherType(String namespace, String name, SiteUrl site) {
    return new UnreadSecret(name, command(namespace, name, site)).otherThan(TYPE);
  }

  /** What to say when the operator keeps the Secret of that name for another binding. */
  public static <T> Outcome<T> ofOtherBinding(String name) {
    return Outcome.refused(
        Reason.SecretOfOtherBinding,
        "The operator keeps the Secret %s for another binding; nothing was sent.".formatted(name));
  }

  private static String command(String namespace, String name, SiteUrl site) {
    return "%s --from-literal=token=…"
        .formatted(UnreadSecret.creation(namespace, name, TYPE, site));
  }
}
