package dev.codesource.web.console;

import java.time.Duration;
import java.time.Instant;

/** How long sessions last. */
final class Sessions {

  /** A token that does not say when it ends, or ends later, is asked for again after this time. */
  static final Duration LONGEST = Duration.ofHours(1);

  private Sessions() {}

  /** When a session that begins now ends: not later than its token. */
  static Instant end(Instant now, TokenClaims claims) {
    Instant latest = now.plus(LONGEST);
    return claims.expires().filter(latest::isAfter).orElse(latest);
  }
}
