package dev.codesource.oauth;

import dev.codesource.credential.Token;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What a token endpoint gave (RFC 6749 section 5.1).
 *
 * @param refresh empty where the access is not to be renewed
 * @param expiresAt of the access token; empty: never, or the platform does not tell
 * @param scopes empty where the answer says nothing about them
 */
public record TokenGrant(
    Token access,
    Optional<Token> refresh,
    Optional<Instant> expiresAt,
    Optional<SortedSet<String>> scopes) {

  /** As the answer to a refresh, which may leave out what stays (RFC 6749 section 6). */
  TokenGrant replacing(TokenGrant old) {
    return new TokenGrant(access, refresh.or(old::refresh), expiresAt, scopes.or(old::scopes));
  }
}
