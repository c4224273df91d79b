package dev.codesource.credential;

import static dev.codesource.reason.Reason.CredentialForOtherHost;
import static dev.codesource.reason.Reason.CredentialMalformed;
import static dev.codesource.reason.Reason.SecretKeyMissing;

import dev.codesource.address.SiteUrl;
import dev.codesource.http.TrustAnchors;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The fields of a stored credential: the keys of a Secret, or the files of a mounted one.
 *
 * @param title as a sentence names it after "The": "Secret x"
 * @param values the value of a key, if there is one
 */
record StoredFields(String title, Function<String, Optional<String>> values) {

  /** Longer than any platform's token, shorter than what a header may hold. */
  private static final int MAX_LENGTH = 4096;

  Outcome<String> value(String key) {
    return values
        .apply(key)
        .map(Outcome::done)
        .orElseGet(
            () -> Outcome.refused(SecretKeyMissing, "The %s has no key %s.".formatted(title, key)));
  }

  Optional<String> optional(String key) {
    return values.apply(key);
  }

  /** The site that the key {@code url} names, if the binding's is the same or lies below it. */
  Outcome<SiteUrl> covering(String url, SiteUrl site) {
    return switch (SiteUrl.parse(url.strip())) {
      case Outcome.Done<SiteUrl>(var allowed) when allowed.covers(site) -> Outcome.done(allowed);
      case Outcome.Done<SiteUrl>(var allowed) ->
          Outcome.refused(
              CredentialForOtherHost,
              "The %s is for %s, and the binding is for %s; nothing was sent."
                  .formatted(title, allowed, site));
      case Outcome.Refused<SiteUrl>(var problem) -> notOfASite(problem, site);
      case Outcome.Waiting<SiteUrl>(var problem, _, _) -> notOfASite(problem, site);
    };
  }

  private Outcome<SiteUrl> notOfASite(Problem problem, SiteUrl site) {
    return Outcome.refused(
        CredentialForOtherHost,
        "The key url of the %s is not the URL of a site; nothing was sent. %s If the credential may be sent to %s, set the key to that."
            .formatted(title, problem.what(), site));
  }

  /**
   * A value that is printable ASCII without white space or quotes; line breaks at the end are
   * trimmed.
   */
  Outcome<Token> wellFormed(String key, String stored) {
    // Editors and `echo` leave a newline at the end; no platform has one in a token.
    String token = stored.replaceFirst("[\\r\\n]+$", "");
    String complaint =
        token.isEmpty()
            ? "is empty"
            : token.length() > MAX_LENGTH
                ? "is longer than " + MAX_LENGTH + " characters"
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
            CredentialMalformed, "The key %s of the %s %s.".formatted(key, title, complaint));
  }

  /** A value that matches a pattern; white space around it is trimmed. */
  Outcome<String> matching(String key, Pattern pattern, String what) {
    return value(key)
        .map(String::strip)
        .then(
            value ->
                pattern.matcher(value).matches()
                    ? Outcome.done(value)
                    : Outcome.refused(
                        CredentialMalformed,
                        "The key %s of the %s is not %s.".formatted(key, title, what)));
  }

  /** As {@link #matching}, where the key may be missing. */
  Outcome<Optional<String>> optionalMatching(String key, Pattern pattern, String what) {
    return values.apply(key).isEmpty()
        ? Outcome.done(Optional.empty())
        : matching(key, pattern, what).map(Optional::of);
  }

  Outcome<AppKey> privateKey(String key) {
    return value(key)
        .then(
            pem ->
                AppKey.parse(pem)
                    .map(Outcome::done)
                    .orElseGet(
                        () ->
                            Outcome.refused(
                                CredentialMalformed,
                                "The key %s of the %s is not an RSA private key of 2048 to 4096 bits with its primes, in PEM form, without a password."
                                    .formatted(key, title))));
  }

  /**
   * Which certificates the writer accepts for the host; or {@code CaNotFound}.
   *
   * @param secret the Secret that the keys are of; empty: the administrator's files
   */
  Outcome<CaConsent> caConsent(Optional<CaConsent.SecretName> secret) {
    String source = "key %s of the %s".formatted(CaConsent.CERTIFICATES_KEY, title);
    Outcome<Optional<TrustAnchors>> certificates =
        optional(CaConsent.CERTIFICATES_KEY)
            .map(pem -> TrustAnchors.parse(CaConsent.digest(pem), source, pem).map(Optional::of))
            .orElseGet(() -> Outcome.done(Optional.empty()));
    return certificates.map(
        own -> new CaConsent(title, secret, own, optional(CaConsent.DIGEST_KEY)));
  }

  private static boolean isQuoted(String token) {
    char first = token.charAt(0);
    char last = token.charAt(token.length() - 1);
    return first == '"' || first == '\'' || first == '`' || last == '"' || last == '\'';
  }
}
