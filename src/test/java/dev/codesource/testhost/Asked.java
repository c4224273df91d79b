package dev.codesource.testhost;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request that a loopback code host received.
 *
 * @param target path and query
 * @param headers by lower-case name
 */
public record Asked(String method, String target, Map<String, List<String>> headers, String body) {

  public Optional<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }

  public String path() {
    return target.split("\\?", 2)[0];
  }

  /** The token presented: Bearer, token, Basic's password, or GitLab's own header. */
  public String token() {
    return header("PRIVATE-TOKEN")
        .or(
            () ->
                header("Authorization")
                    .map(
                        value ->
                            value.startsWith("Basic ")
                                ? password(value)
                                : value.replaceFirst("^(?i)(bearer|token) ", "")))
        .orElse("");
  }

  private static String password(String basic) {
    String decoded =
        new String(Base64.getDecoder().decode(basic.substring(6)), StandardCharsets.UTF_8);
    return decoded.substring(decoded.indexOf(':') + 1);
  }
}
