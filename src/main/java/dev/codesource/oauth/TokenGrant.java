package dev.codesource.oauth;

import dev.codesource.credential.Token;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The tokens from a token endpoint (RFC 6749 section 5.1).
 *
 * @param refresh the refresh token; empty: the access cannot be renewed
 * @param expiresAt of the access token; empty: never, or the platform does not report it
 * @param scopes empty: the answer does not contain them
 */
public record TokenGrant(
    Token access,
    Optional<Token> refresh,
    Optional<Instant> expiresAt,
    Optional<SortedSet<String>> scopes) {

  /** Completes the answer to a refresh, which may omit unchanged values (RFC 6749 section 6). */
  TokenGrant replacing(TokenGrant old) {
    return new TokenGrant(access, refresh.or(old::refresh), expiresAt, scopes.or(old::scopes));
  }
}
