package dev.codesource.web.console;

import java.time.Instant;

/**
 * Who visits the console.
 *
 * @param username as the API server calls them
 * @param until when the session ends; that of a token that ends earlier is not longer
 */
record Visitor(BearerToken token, String username, Instant until) {

  /** The owner of a token, whose session begins now. */
  static Visitor of(BearerToken token, String username, Instant now) {
    return new Visitor(token, username, Sessions.end(now, TokenClaims.of(token)));
  }
}
