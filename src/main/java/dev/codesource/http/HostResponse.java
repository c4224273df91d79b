package dev.codesource.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An answer of a code host.
 *
 * @param headers by lower-case name, values in the order received
 * @param body decoded as UTF-8, at most as long as the client's limit
 */
public record HostResponse(int status, Map<String, List<String>> headers, String body) {

  /** The first value of a header, by its name in any case. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }

  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Whether the media type of the body is JSON (also {@code application/…+json}). */
  public boolean isJson() {
    String type = header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    String mediaType = type.split(";", 2)[0].strip();
    return mediaType.equals("application/json")
        || (mediaType.startsWith("application/") && mediaType.endsWith("+json"));
  }

  /** Without headers and body: they may carry credentials. */
  @Override
  public String toString() {
    return "HTTP " + status;
  }
}
