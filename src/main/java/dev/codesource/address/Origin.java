package dev.codesource.address;

import java.util.Locale;

/**
 * Scheme, host and port, which decide whether a credential may be sent to a URL (RFC 6454 section
 * 4).
 *
 * @param scheme http or https
 * @param host lower-case ASCII (IDNA), or an IP address; IPv6 without brackets, in its canonical
 *     form
 * @param port 0 to 65535, the scheme's default filled in
 */
public record Origin(Scheme scheme, String host, int port) {

  /** The schemes of code hosts. */
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

  /** Host and port in the form of a Host header: brackets around IPv6, no default port. */
  public String authority() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return port == scheme.defaultPort() ? name : name + ":" + port;
  }

  @Override
  public String toString() {
    return scheme + "://" + authority();
  }
}
