package dev.codesource.testhost;

import java.util.HashMap;
import java.util.Map;

/** An answer of a loopback code host. */
public record Answer(int status, Map<String, String> headers, String body) {

  public static Answer json(int status, String body) {
    return new Answer(status, Map.of("Content-Type", "application/json"), body);
  }

  public static Answer html(int status, String body) {
    return new Answer(status, Map.of("Content-Type", "text/html; charset=utf-8"), body);
  }

  public static Answer text(int status, String body) {
    return new Answer(status, Map.of("Content-Type", "text/plain"), body);
  }

  public Answer with(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return new Answer(status, Map.copyOf(more), body);
  }
}
