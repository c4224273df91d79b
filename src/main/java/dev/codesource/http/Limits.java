package dev.codesource.http;

import java.time.Duration;

/**
 * The limits of one request.
 *
 * @param connect for a name look-up, and again for each address that is tried (TCP and TLS)
 * @param total from the call to the last byte of the answer
 * @param requests in progress at once, to all hosts together
 * @param lists of these those whose answers may be large
 * @param headerBytes of an answer, all fields together; 8 KiB of short fields take 200 kB of heap,
 *     and the longest answers of the platforms have 5 KiB
 * @param connectionsPerHost for HTTP/1.1; one connection carries all requests of HTTP/2
 * @param idle how long an unused connection is kept
 */
public record Limits(
    Duration connect,
    Duration total,
    int requests,
    int lists,
    int headerBytes,
    int connectionsPerHost,
    Duration idle) {

  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          128,
          8,
          8 << 10,
          8,
          Duration.ofSeconds(30));
}
