package dev.codesource.githubapp;

import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.InstallationToken;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.Token;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An installation token as it stands in a binding's Secret.
 *
 * @param claim the digest of what was proven when it was made
 */
public record StoredInstallationToken(InstallationToken token, String claim, Instant obtainedAt) {

  private static final String USERNAME = "username";
  private static final String CLAIM = "claim";
  private static final String OBTAINED_AT = "obtained_at";
  private static final String EXPIRES_AT = "expires_at";

  /** Nothing that a host says of a token's life has it renewed more often. */
  private static final Duration SOONEST = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMinutes(1);

  /** Reads a Secret that the operator wrote; empty: it did not, or somebody changed it since. */
  static Optional<StoredInstallationToken> in(Secret secret) {
    Optional<String> token = OwnedSecretStore.value(secret, CredentialSecret.TOKEN_KEY);
    Optional<String> username = OwnedSecretStore.value(secret, USERNAME);
    Optional<String> claim = OwnedSecretStore.value(secret, CLAIM);
    Optional<String> obtainedAt = OwnedSecretStore.value(secret, OBTAINED_AT);
    Optional<String> expiresAt = OwnedSecretStore.value(secret, EXPIRES_AT);
    if (token.isEmpty()
        || username.isEmpty()
        || claim.isEmpty()
        || obtainedAt.isEmpty()
        || expiresAt.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new StoredInstallationToken(
              new InstallationToken(
                  new GitLogin(username.get(), new Token(token.get())),
                  Instant.parse(expiresAt.get())),
              claim.get(),
              Instant.parse(obtainedAt.get())));
    } catch (DateTimeException changedByHand) {
      return Optional.empty();
    }
  }

  /** The keys and values to store; {@code url} keeps the token from being sent elsewhere. */
  Map<String, String> values(Claim of) {
    return Map.of(
        CredentialSecret.URL_KEY,
        of.site().toString(),
        CredentialSecret.TOKEN_KEY,
        token.login().password().reveal(),
        USERNAME,
        token.login().username(),
        CLAIM,
        claim,
        OBTAINED_AT,
        obtainedAt.toString(),
        EXPIRES_AT,
        token.expiresAt().toString());
  }

  /** At two thirds of its life, so that an outage of a third of it does no harm. */
  Instant renewAt() {
    Instant due =
        obtainedAt.plus(
            Duration.between(obtainedAt, token.expiresAt()).multipliedBy(2).dividedBy(3));
    Instant soonest = obtainedAt.plus(SOONEST);
    return due.isBefore(soonest) ? soonest : due;
  }

  boolean isDue(Instant now) {
    return !now.isBefore(renewAt());
  }

  boolean isAlive(Instant now) {
    return now.isBefore(token.expiresAt());
  }

  /** When it is to be renewed, or the next try where that is due and was not possible. */
  public Instant nextLook(Instant now) {
    return isDue(now) ? now.plus(PAUSE) : renewAt();
  }
}
