package dev.codesource.http;

import java.time.Duration;

/**
 * The limits of one request.
 *
 * @param connect for a name look-up, and again for each address that is tried (TCP and TLS)
 * @param total from the call to the last byte of the answer
 * @param bodyBytes of an answer; no compression is requested, so this is the size on the wire
 * @param headerBytes of an answer, all fields together
 * @param connectionsPerHost for HTTP/1.1; one connection carries all requests of HTTP/2
 * @param idle how long an unused connection is kept
 */
public record Limits(
    Duration connect,
    Duration total,
    int bodyBytes,
    int headerBytes,
    int connectionsPerHost,
    Duration idle) {

  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          1 << 20,
          32 << 10,
          8,
          Duration.ofSeconds(30));
}
