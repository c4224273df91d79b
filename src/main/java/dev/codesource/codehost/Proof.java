package dev.codesource.codehost;

import java.time.Instant;
import java.util.Optional;

/**
 * What a code host said of a credential.
 *
 * @param account whose it is
 * @param scopes what it may do
 * @param expiresAt from when on it is no longer accepted; empty: never, or the platform does not
 *     tell
 */
public record Proof(Account account, Scopes scopes, Optional<Instant> expiresAt) {

  /**
   * An account on a code host.
   *
   * @param username the name used to log on; compared without regard to case, as every platform
   *     here treats names
   * @param id the platform's own identifier
   */
  public record Account(String username, String id) {}
}
