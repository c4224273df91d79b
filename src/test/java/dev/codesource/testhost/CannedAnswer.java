package dev.codesource.testhost;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An answer to be sent as it is: nothing is added but Content-Length and Connection.
 *
 * @param headers in order, names in the case given
 */
public record CannedAnswer(int status, List<Map.Entry<String, String>> headers, String body) {

  public static CannedAnswer of(int status) {
    return new CannedAnswer(status, List.of(), "");
  }

  public static CannedAnswer json(int status, String json) {
    return of(status).with("Content-Type", "application/json").body(json);
  }

  public static CannedAnswer html(int status, String title) {
    return of(status)
        .with("Content-Type", "text/html; charset=utf-8")
        .body("<!DOCTYPE html><html><head><title>" + title + "</title></head><body></body></html>");
  }

  public static CannedAnswer text(int status, String text) {
    return of(status).with("Content-Type", "text/plain").body(text);
  }

  public CannedAnswer with(String name, String value) {
    List<Map.Entry<String, String>> more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new CannedAnswer(status, List.copyOf(more), body);
  }

  /** Without any header of that name. */
  public CannedAnswer without(String name) {
    return new CannedAnswer(
        status,
        headers.stream().filter(header -> !header.getKey().equalsIgnoreCase(name)).toList(),
        body);
  }

  public CannedAnswer body(String text) {
    return new CannedAnswer(status, headers, text);
  }
}
