package dev.codesource.address;

import java.util.Locale;

/**
 * Scheme, host and port: what decides whether a credential may go somewhere (RFC 6454 section 4).
 *
 * @param scheme of the two that code hosts speak
 * @param host lower-case ASCII (IDNA), or an IP address; IPv6 without brackets, in its canonical
 *     form
 * @param port 0 to 65535, the scheme's default filled in
 */
public record Origin(Scheme scheme, String host, int port) {

  /** The schemes that code hosts are addressed by. */
  public enum Scheme {
    HTTP(80),
    HTTPS(443);

    private final int defaultPort;

    Scheme(int defaultPort) {
      this.defaultPort = defaultPort;
    }

    public int defaultPort() {
      return defaultPort;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Host and port as a Host header has them: brackets around IPv6, no default port. */
  public String authority() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return port == scheme.defaultPort() ? name : name + ":" + port;
  }

  @Override
  public String toString() {
    return scheme + "://" + authority();
  }
}
