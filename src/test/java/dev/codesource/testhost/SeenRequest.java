package dev.codesource.testhost;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request as it came over the socket.
 *
 * @param target path and query
 * @param headers by lower-case name
 */
public record SeenRequest(
    String method, String target, Map<String, List<String>> headers, String body) {

  public Optional<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }
}
