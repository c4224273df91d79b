package dev.codesource.web.console;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Optional;

/** A way in which a request says whose it is. */
public sealed interface Login permits SessionCookie, OidcLogin, ProxyLogin {

  /** The visitor; empty: the request does not say it in this way. */
  Optional<Visitor> visitor(HttpHeaders headers);

  /** Whether the request has a session that is over, so that nobody visits. */
  default boolean isOver(HttpHeaders headers) {
    return false;
  }

  /** The values of the Set-Cookie headers with which the browser forgets it. */
  List<String> end();
}
