package dev.codesource.http;

import dev.codesource.reason.Outcome;
import java.util.Optional;

/** Sends requests to code hosts. */
public interface HostClient {

  /**
   * A way to one code host.
   *
   * @param anchors the certificates to trust instead of the public authorities
   */
  Session open(Optional<TrustAnchors> anchors);

  /** Requests that trust the same certificates. */
  interface Session {

    /**
     * Sends one request and waits for the whole answer. Blocks; meant for a virtual thread.
     *
     * @return any answer with a status from 200 to 599 except redirects; or one of the reasons of
     *     {@code Reachable} ({@code ServerError} and {@code RateLimited} are for the platform to
     *     say, and {@code NotThisPlatform} is said here only of what no platform answers: too much,
     *     or encoded unasked), or {@code HostNotAllowed}. A wait because of the host's certificate
     *     is for this session only, since others may trust other certificates.
     * @throws RequestInterruptedException when the thread is interrupted; its flag is set again
     * @throws IllegalArgumentException when a header cannot be sent; the value is not told
     */
    Outcome<HostResponse> send(HostRequest request);
  }
}
