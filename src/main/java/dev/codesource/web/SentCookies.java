package dev.codesource.web;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The cookies of a request, as browsers send them (RFC 6265 section 4.2.1): a semicolon ends one,
 * and nothing else does. Parsers that know older RFCs too take a comma for one, skip what stands
 * before a name, or read a {@code $Version}. Another host of the same domain could then set a
 * cookie of its own that is read as one with the prefix {@code __Host-}, which only this host can
 * set.
 *
 * @param values by name; without those that were sent twice, as no browser does with that prefix
 */
public record SentCookies(Map<String, String> values) {

  /** The cookies of a request. */
  public static SentCookies of(HttpHeaders headers) {
    return of(headers.getRequestHeader(HttpHeaders.COOKIE));
  }

  /**
   * The cookies of a request.
   *
   * @param headers the values of all its headers Cookie
   */
  public static SentCookies of(List<String> headers) {
    Map<String, String> values = new HashMap<>();
    Set<String> twice = new HashSet<>();
    for (String header : headers) {
      for (String each : header.split(";", -1)) {
        String cookie = each.startsWith(" ") ? each.substring(1) : each;
        int end = cookie.indexOf('=');
        if (end > 0 && values.put(cookie.substring(0, end), cookie.substring(end + 1)) != null) {
          twice.add(cookie.substring(0, end));
        }
      }
    }
    values.keySet().removeAll(twice);
    return new SentCookies(Map.copyOf(values));
  }

  /** The value of a cookie; empty: there is none, or not one alone. */
  public Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name));
  }
}
