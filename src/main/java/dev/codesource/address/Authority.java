package dev.codesource.address;

import static dev.codesource.reason.Reason.InvalidURL;

import dev.codesource.reason.Outcome;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of a URL between {@code //} and the path (RFC 3986 section 3.2): host and port. */
final class Authority {

  private static final int LAST_PORT = 65535;

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?<host>\\[[^\\[\\]]*]|[^\\[\\]:]*)(:(?<port>.*))?");

  private Authority() {}

  static Outcome<Origin> read(Origin.Scheme scheme, String authority) {
    if (authority.contains("@")) {
      return Outcome.refused(
          InvalidURL, "The URL has a user name or password in it (the part before @).");
    }
    Matcher parts = HOST_AND_PORT.matcher(authority);
    if (!parts.matches()) {
      return Outcome.refused(
          InvalidURL, "The square brackets of the URL do not enclose exactly an IPv6 address.");
    }
    String port = parts.group("port");
    return port(scheme, port == null ? "" : port)
        .then(p -> HostName.read(parts.group("host")).map(host -> new Origin(scheme, host, p)));
  }

  private static Outcome<Integer> port(Origin.Scheme scheme, String text) {
    if (text.isEmpty()) { // "http://host:" is the default port too (RFC 3986 section 3.2.3)
      return Outcome.done(scheme.defaultPort());
    }
    if (text.contains(":")) {
      return Outcome.refused(
          InvalidURL, "The URL has more than one port; an IPv6 address stands in square brackets.");
    }
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > LAST_PORT) {
      return Outcome.refused(InvalidURL, "The port is not a number from 0 to 65535.");
    }
    return Outcome.done(Integer.parseInt(text));
  }
}
