package dev.codesource.codehost;

import java.time.Instant;
import java.util.Optional;

/**
 * What a code host reports about a credential.
 *
 * @param account that it belongs to
 * @param scopes of the credential
 * @param expiresAt when it expires; empty: never, or the platform does not report it
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
