package dev.codesource.http;

import dev.codesource.address.Origin.Scheme;
import dev.codesource.address.SiteUrl;
import dev.codesource.reason.Outcome;
import java.util.Optional;

/**
 * An HTTP proxy (RFC 9110 section 3.7). It is spoken to in the clear; https goes through a tunnel
 * (CONNECT, section 9.3.6), so that it sees neither requests nor answers.
 *
 * @param login what it is told with {@code Proxy-Authorization: Basic}
 */
public record Proxy(String host, int port, Optional<Login> login) {

  /** The user name and the password of a proxy. */
  public record Login(String username, String password) {
    public Login {
      if (username.isEmpty() || username.contains(":")) {
        throw new IllegalArgumentException(
            "The user name for a proxy is neither empty nor has a colon (RFC 7617 section 2).");
      }
    }

    /** Without the password. */
    @Override
    public String toString() {
      return username + ":***";
    }
  }

  /**
   * Reads {@code http://proxy.example.com:3128}.
   *
   * @throws IllegalArgumentException with a sentence for the administrator, without the text, which
   *     may contain a password
   */
  public static Proxy parse(String url, Optional<Login> login) {
    if (SiteUrl.parse(url.strip()) instanceof Outcome.Done<SiteUrl>(var site)
        && site.path().isEmpty()
        && site.origin().scheme() == Scheme.HTTP) {
      return new Proxy(site.origin().host(), site.origin().port(), login);
    }
    throw new IllegalArgumentException(
        "The proxy is not of the form http://proxy.example.com:3128, without user, password and"
            + " path.");
  }

  /** Host and port, for messages. */
  String endpoint() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
