package dev.codesource.credential;

import static dev.codesource.reason.Reason.CredentialForOtherHost;
import static dev.codesource.reason.Reason.CredentialMalformed;
import static dev.codesource.reason.Reason.SecretKeyMissing;
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

  /** Longer than any platform's token, shorter than what a header may hold. */
  private static final int MAX_TOKEN_LENGTH = 4096;

  private CredentialSecret() {}

  /**
   * Reads the credential for a site.
   *
   * @return the credential; or {@code SecretKeyMissing}, {@code CredentialForOtherHost} or {@code
   *     CredentialMalformed}
   */
  public static Outcome<Credential> read(Secret secret, SiteUrl site) {
    String name = secret.getMetadata().getName();
    return value(secret, URL_KEY)
        .then(url -> sameOrigin(name, url, site))
        .then(ignored -> value(secret, TOKEN_KEY))
        .then(token -> wellFormed(name, token))
        .map(
            token ->
                new Credential(
                    token,
                    optionalValue(secret, EMAIL_KEY).map(String::strip),
                    secret.getData().containsKey(REFRESH_TOKEN_KEY)
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

  private static Outcome<SiteUrl> sameOrigin(String name, String url, SiteUrl site) {
    return switch (SiteUrl.parse(url.strip())) {
      case Outcome.Done<SiteUrl>(var allowed) when allowed.origin().equals(site.origin()) ->
          Outcome.done(allowed);
      case Outcome.Done<SiteUrl>(var allowed) ->
          Outcome.refused(
              CredentialForOtherHost,
              "The Secret %s is for %s, and the binding is for %s; nothing was sent."
                  .formatted(name, allowed.origin(), site.origin()));
      case Outcome.Refused<SiteUrl> ignored -> otherHost(name, site);
      case Outcome.Waiting<SiteUrl> ignored -> otherHost(name, site);
    };
  }

  private static Outcome<SiteUrl> otherHost(String name, SiteUrl site) {
    return Outcome.refused(
        CredentialForOtherHost,
        "The key url of the Secret %s is not the URL of a site, and the binding is for %s; nothing was sent."
            .formatted(name, site.origin()));
  }

  private static Outcome<Token> wellFormed(String name, String stored) {
    // Editors and `echo` leave a newline at the end; no platform has one in a token.
    String token = stored.replaceFirst("[\\r\\n]+$", "");
    String complaint =
        token.isEmpty()
            ? "is empty"
            : token.length() > MAX_TOKEN_LENGTH
                ? "is longer than " + MAX_TOKEN_LENGTH + " characters"
                : isQuoted(token)
                    ? "has quotes around it"
                    : token.chars().anyMatch(Character::isWhitespace)
                        ? "has white space in it"
                        : token.chars().anyMatch(c -> c < 0x21 || c > 0x7e)
                            ? "has characters in it that no token has"
                            : "";
    return complaint.isEmpty()
        ? Outcome.done(new Token(token))
        : Outcome.refused(
            CredentialMalformed, "The key token of the Secret %s %s.".formatted(name, complaint));
  }

  private static boolean isQuoted(String token) {
    char first = token.charAt(0);
    char last = token.charAt(token.length() - 1);
    return first == '"' || first == '\'' || first == '`' || last == '"' || last == '\'';
  }

  private static Outcome<String> value(Secret secret, String key) {
    return optionalValue(secret, key)
        .map(Outcome::done)
        .orElseGet(
            () ->
                Outcome.refused(
                    SecretKeyMissing,
                    "The Secret %s has no key %s.".formatted(secret.getMetadata().getName(), key)));
  }

  private static Optional<String> optionalValue(Secret secret, String key) {
    return Optional.ofNullable(secret.getData())
        .flatMap(data -> Optional.ofNullable(data.get(key)))
        .map(encoded -> new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
  }
}
