package dev.codesource.web.console;

import jakarta.ws.rs.core.HttpHeaders;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A proxy in front has logged the visitor in, and adds their token to each request (RFC 6750
 * section 2.1). Nobody can do more with this header than with the token itself.
 */
public final class ProxyLogin implements Login {

  private static final String SCHEME = "bearer ";

  private final Usernames usernames;
  private final InstantSource clock;

  /** Reads the header Authorization. */
  public ProxyLogin(Usernames usernames, InstantSource clock) {
    this.usernames = usernames;
    this.clock = clock;
  }

  @Override
  public Optional<Visitor> visitor(HttpHeaders headers) {
    return token(headers).flatMap(token -> usernames.visitor(token, clock.instant()));
  }

  static Optional<BearerToken> token(HttpHeaders headers) {
    return Optional.ofNullable(headers.getHeaderString(HttpHeaders.AUTHORIZATION))
        .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(SCHEME))
        .map(header -> header.substring(SCHEME.length()))
        .flatMap(BearerToken::of);
  }

  @Override
  public List<String> end() {
    return List.of(); // the proxy's
  }
}
