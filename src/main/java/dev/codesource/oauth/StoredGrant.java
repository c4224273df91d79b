package dev.codesource.oauth;

import dev.codesource.address.SiteUrl;
import dev.codesource.credential.Credential;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.Token;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A grant as it stands in the binding's token Secret.
 *
 * @param secret as it was read, with its version
 * @param authorization tells one authorization by a person from the next; refreshes leave it
 * @param obtainedAt when these tokens came
 * @param redirectUri of the authorization, which some platforms want repeated
 * @param refreshingSince when a refresh was begun whose answer is not stored
 * @param ended why the grant is not to be used any more
 */
public record StoredGrant(
    Secret secret,
    TokenGrant tokens,
    String authorization,
    String account,
    Instant obtainedAt,
    Optional<String> redirectUri,
    Optional<Instant> refreshingSince,
    Optional<Reason> ended) {

  private static final String EXPIRES_AT = "expires_at";
  private static final String SCOPE = "scope";
  private static final String ACCOUNT = "account";
  private static final String AUTHORIZATION = "authorization";
  private static final String OBTAINED_AT = "obtained_at";
  private static final String REDIRECT_URI = "redirect_uri";
  private static final String REFRESHING_SINCE = "refreshing_since";
  private static final String ENDED = "ended";

  /** Reads a Secret that the operator wrote; empty: it did not, or somebody changed it since. */
  static Optional<StoredGrant> of(Secret secret) {
    try {
      return OwnedSecretStore.value(secret, CredentialSecret.TOKEN_KEY)
          .map(
              token ->
                  new StoredGrant(
                      secret,
                      new TokenGrant(
                          new Token(token),
                          OwnedSecretStore.value(secret, CredentialSecret.REFRESH_TOKEN_KEY)
                              .map(Token::new),
                          OwnedSecretStore.value(secret, EXPIRES_AT).map(Instant::parse),
                          OwnedSecretStore.value(secret, SCOPE)
                              .map(scopes -> new TreeSet<>(Arrays.asList(scopes.split(" "))))),
                      OwnedSecretStore.value(secret, AUTHORIZATION).orElse(""),
                      OwnedSecretStore.value(secret, ACCOUNT).orElse(""),
                      OwnedSecretStore.value(secret, OBTAINED_AT)
                          .map(Instant::parse)
                          .orElse(Instant.EPOCH),
                      OwnedSecretStore.value(secret, REDIRECT_URI),
                      OwnedSecretStore.value(secret, REFRESHING_SINCE).map(Instant::parse),
                      OwnedSecretStore.value(secret, ENDED).map(Reason::valueOf)));
    } catch (DateTimeException | IllegalArgumentException changedByHand) {
      return Optional.empty();
    }
  }

  /** The keys and values to store; {@code url} is what lets the token be sent to that site only. */
  static Map<String, String> values(
      SiteUrl site,
      TokenGrant tokens,
      String authorization,
      String account,
      Instant obtainedAt,
      Optional<String> redirectUri) {
    Map<String, String> values = new TreeMap<>();
    values.put(CredentialSecret.URL_KEY, site.toString());
    values.put(CredentialSecret.TOKEN_KEY, tokens.access().reveal());
    tokens.refresh().ifPresent(t -> values.put(CredentialSecret.REFRESH_TOKEN_KEY, t.reveal()));
    tokens.expiresAt().ifPresent(at -> values.put(EXPIRES_AT, at.toString()));
    tokens.scopes().ifPresent(scopes -> values.put(SCOPE, String.join(" ", scopes)));
    values.put(AUTHORIZATION, authorization);
    values.put(ACCOUNT, account);
    values.put(OBTAINED_AT, obtainedAt.toString());
    redirectUri.ifPresent(uri -> values.put(REDIRECT_URI, uri));
    return values;
  }

  Map<String, String> values(SiteUrl site) {
    Map<String, String> values =
        values(site, tokens, authorization, account, obtainedAt, redirectUri);
    refreshingSince.ifPresent(since -> values.put(REFRESHING_SINCE, since.toString()));
    ended.ifPresent(reason -> values.put(ENDED, reason.name()));
    return values;
  }

  /**
   * The credential, for a site of the Secret's origin. Its version is the authorization's: renewed
   * tokens of the same account are not a new claim.
   */
  public Outcome<Credential> credential(SiteUrl site) {
    return CredentialSecret.read(secret, site)
        .map(
            read ->
                new Credential(
                    read.token(),
                    read.email(),
                    Credential.Source.OAUTH,
                    secret.getMetadata().getUid() + "/" + authorization));
  }

  public boolean isRenewable() {
    return tokens.refresh().isPresent();
  }

  boolean isAlive(Instant now) {
    return tokens.expiresAt().filter(end -> !now.isBefore(end)).isEmpty();
  }

  /**
   * When to renew the tokens: at two thirds of their life, a twentieth of it more or less, which is
   * computed so that a restarted operator comes to the same time. Empty: not at all.
   */
  Optional<Instant> refreshAt() {
    if (!isRenewable()) {
      return Optional.empty();
    }
    return tokens
        .expiresAt()
        .map(
            end -> {
              Duration life = Duration.between(obtainedAt, end);
              // The multiplier of Knuth's multiplicative hashing spreads neighbouring values.
              long spread =
                  (secret.getMetadata().getUid().hashCode() * 31L + obtainedAt.getEpochSecond())
                      * 2654435761L;
              long tenth = Math.max(1, life.toMillis() / 10);
              return obtainedAt
                  .plus(life.multipliedBy(2).dividedBy(3))
                  .minusMillis(tenth / 2)
                  .plusMillis(Math.floorMod(spread >>> 8, tenth));
            });
  }

  StoredGrant withRefreshingSince(Optional<Instant> since) {
    return new StoredGrant(
        secret, tokens, authorization, account, obtainedAt, redirectUri, since, ended);
  }

  StoredGrant withEnded(Reason reason) {
    return new StoredGrant(
        secret,
        tokens,
        authorization,
        account,
        obtainedAt,
        redirectUri,
        Optional.empty(),
        Optional.of(reason));
  }

  StoredGrant withTokens(TokenGrant next, Instant at) {
    return new StoredGrant(
        secret, next, authorization, account, at, redirectUri, Optional.empty(), Optional.empty());
  }

  /** Without the Secret. */
  @Override
  public String toString() {
    return "StoredGrant of " + account;
  }
}
