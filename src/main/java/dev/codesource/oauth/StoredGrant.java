package dev.codesource.oauth;

import static dev.codesource.credential.owned.SecretFields.required;

import dev.codesource.address.SiteUrl;
import dev.codesource.credential.Credential;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.owned.SecretFields;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.schedule.Jitter;
import dev.codesource.schedule.Lifetime;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A grant as it stands in the binding's token Secret.
 *
 * @param secret as it was read, with its version
 * @param client where the application is stored that obtained the grant; empty: an earlier version
 *     of the operator did not store it
 * @param authorization identifies one authorization by a person; a refresh does not change it
 * @param obtainedAt when these tokens were received
 * @param redirectUri of the authorization, which some platforms require again in a refresh
 * @param refreshingSince when a refresh began whose answer is not stored
 * @param refreshLostAt when a refresh was sent whose answer was lost, and that is to be repeated
 * @param ended why the grant must no longer be used
 */
public record StoredGrant(
    Secret secret,
    TokenGrant tokens,
    Optional<String> client,
    String authorization,
    String account,
    Instant obtainedAt,
    Optional<String> redirectUri,
    Optional<Instant> refreshingSince,
    Optional<Instant> refreshLostAt,
    Optional<Reason> ended) {

  private static final String EXPIRES_AT = "expires_at";
  private static final String SCOPE = "scope";
  private static final String CLIENT = "client";
  private static final String ACCOUNT = "account";
  private static final String AUTHORIZATION = "authorization";
  private static final String OBTAINED_AT = "obtained_at";
  private static final String REDIRECT_URI = "redirect_uri";
  private static final String REFRESHING_SINCE = "refreshing_since";
  private static final String REFRESH_LOST_AT = "refresh_lost_at";
  private static final String ENDED = "ended";

  /** Reads a Secret that the operator wrote; empty: it did not, or somebody changed it since. */
  public static Optional<StoredGrant> of(Secret secret) {
    return SecretFields.read(
        secret,
        fields ->
            new StoredGrant(
                secret,
                new TokenGrant(
                    required(fields.token(CredentialSecret.TOKEN_KEY)),
                    fields.token(CredentialSecret.REFRESH_TOKEN_KEY),
                    fields.time(EXPIRES_AT),
                    fields
                        .text(SCOPE)
                        .map(scopes -> new TreeSet<>(Arrays.asList(scopes.split(" "))))),
                fields.text(CLIENT),
                fields.text(AUTHORIZATION).orElse(""),
                fields.text(ACCOUNT).orElse(""),
                fields.time(OBTAINED_AT).orElse(Instant.EPOCH),
                fields.text(REDIRECT_URI),
                fields.time(REFRESHING_SINCE),
                fields.time(REFRESH_LOST_AT),
                fields.text(ENDED).map(Reason::valueOf)));
  }

  /** The keys and values to store; {@code url} restricts the token to that site. */
  static Map<String, String> values(
      SiteUrl site,
      TokenGrant tokens,
      String client,
      String authorization,
      String account,
      Instant obtainedAt,
      Optional<String> redirectUri) {
    return writer(
            site, tokens, Optional.of(client), authorization, account, obtainedAt, redirectUri)
        .values();
  }

  Map<String, String> values(SiteUrl site) {
    return writer(site, tokens, client, authorization, account, obtainedAt, redirectUri)
        .time(REFRESHING_SINCE, refreshingSince)
        .time(REFRESH_LOST_AT, refreshLostAt)
        .text(ENDED, ended.map(Reason::name))
        .values();
  }

  private static SecretFields.Writer writer(
      SiteUrl site,
      TokenGrant tokens,
      Optional<String> client,
      String authorization,
      String account,
      Instant obtainedAt,
      Optional<String> redirectUri) {
    return new SecretFields.Writer()
        .text(CredentialSecret.URL_KEY, site.toString())
        .token(CredentialSecret.TOKEN_KEY, tokens.access())
        .token(CredentialSecret.REFRESH_TOKEN_KEY, tokens.refresh())
        .time(EXPIRES_AT, tokens.expiresAt())
        .text(SCOPE, tokens.scopes().map(scopes -> String.join(" ", scopes)))
        .text(CLIENT, client)
        .text(AUTHORIZATION, authorization)
        .text(ACCOUNT, account)
        .time(OBTAINED_AT, obtainedAt)
        .text(REDIRECT_URI, redirectUri);
  }

  /**
   * The credential, for a site of the Secret's origin. Its version identifies the authorization, so
   * renewed tokens of the same account are not a new claim.
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

  /**
   * Whether the application is the one that obtained it. The certificates that another one accepts
   * were not accepted for these tokens.
   */
  boolean isBy(AuthorizationContext authorization) {
    return client
        .map(authorization.client().source()::equals)
        .orElseGet(() -> authorization.anchors().isEmpty());
  }

  public boolean isRenewable() {
    return tokens.refresh().isPresent();
  }

  boolean isAlive(Instant now) {
    return tokens.expiresAt().filter(end -> !now.isBefore(end)).isEmpty();
  }

  /**
   * When to renew the tokens, computed from their lifetime; empty: never.
   *
   * @param minimumAge the age at which they are renewed at the earliest
   */
  Optional<Instant> refreshAt(Duration minimumAge) {
    Jitter jitter = Jitter.computed(secret.getMetadata().getUid());
    return isRenewable()
        ? tokens.expiresAt().map(end -> new Lifetime(obtainedAt, end).renewAt(minimumAge, jitter))
        : Optional.empty();
  }

  StoredGrant withRefreshingSince(Instant since) {
    return with(Optional.of(since), refreshLostAt, ended);
  }

  /**
   * Without a refresh under way.
   *
   * @param lost whether the host may have processed it
   */
  StoredGrant withoutRefresh(boolean lost) {
    return with(
        Optional.empty(), lost ? refreshingSince.or(() -> refreshLostAt) : refreshLostAt, ended);
  }

  StoredGrant withEnded(Reason reason) {
    return with(Optional.empty(), Optional.empty(), Optional.of(reason));
  }

  private StoredGrant with(
      Optional<Instant> refreshing, Optional<Instant> lost, Optional<Reason> end) {
    return new StoredGrant(
        secret,
        tokens,
        client,
        authorization,
        account,
        obtainedAt,
        redirectUri,
        refreshing,
        lost,
        end);
  }

  StoredGrant withTokens(TokenGrant next, Instant at) {
    return new StoredGrant(
        secret,
        next,
        client,
        authorization,
        account,
        at,
        redirectUri,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Without the Secret. */
  @Override
  public String toString() {
    return "StoredGrant of " + account;
  }
}
