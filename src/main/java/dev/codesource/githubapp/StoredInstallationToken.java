package dev.codesource.githubapp;

import static dev.codesource.credential.owned.SecretFields.required;

import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.InstallationToken;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.owned.SecretFields;
import dev.codesource.schedule.Lifetime;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An installation token as it is stored in a binding's Secret.
 *
 * @param claim the digest of the claim that was proven when it was created
 */
public record StoredInstallationToken(InstallationToken token, String claim, Instant obtainedAt) {

  private static final String USERNAME = "username";
  private static final String CLAIM = "claim";
  private static final String OBTAINED_AT = "obtained_at";
  private static final String EXPIRES_AT = "expires_at";

  private static final Duration PAUSE = Duration.ofMinutes(1);

  /** Reads a Secret that the operator wrote; empty: it did not, or somebody changed it since. */
  static Optional<StoredInstallationToken> in(Secret secret) {
    return SecretFields.read(
        secret,
        fields ->
            new StoredInstallationToken(
                new InstallationToken(
                    new GitLogin(
                        required(fields.text(USERNAME)),
                        required(fields.token(CredentialSecret.TOKEN_KEY))),
                    required(fields.time(EXPIRES_AT))),
                required(fields.text(CLAIM)),
                required(fields.time(OBTAINED_AT))));
  }

  /** The keys and values to store; {@code url} restricts the token to that site. */
  Map<String, String> values(Claim of) {
    return new SecretFields.Writer()
        .text(CredentialSecret.URL_KEY, of.site().toString())
        .token(CredentialSecret.TOKEN_KEY, token.login().password())
        .text(USERNAME, token.login().username())
        .text(CLAIM, claim)
        .time(OBTAINED_AT, obtainedAt)
        .time(EXPIRES_AT, token.expiresAt())
        .values();
  }

  private Lifetime lifetime() {
    return new Lifetime(obtainedAt, token.expiresAt());
  }

  /**
   * @param minimumAge the age at which it is renewed at the earliest
   */
  Instant renewAt(Duration minimumAge) {
    return lifetime().renewAt(minimumAge);
  }

  boolean isDue(Instant now, Duration minimumAge) {
    return !now.isBefore(renewAt(minimumAge));
  }

  boolean isAlive(Instant now) {
    return lifetime().contains(now);
  }

  /**
   * When to renew the token, or to retry a renewal that was due and failed.
   *
   * @param minimumAge the age at which it is renewed at the earliest
   */
  Instant nextLook(Instant now, Duration minimumAge) {
    return isDue(now, minimumAge) ? now.plus(PAUSE) : renewAt(minimumAge);
  }
}
