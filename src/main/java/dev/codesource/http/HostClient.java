package dev.codesource.http;

import dev.codesource.reason.Outcome;
import java.util.Optional;

/** Sends requests to code hosts. */
public interface HostClient {

  /**
   * Opens a session.
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
     *     {@code Reachable} (but not {@code ServerError} and {@code RateLimited}, which the
     *     platform decides, and {@code NotThisPlatform} only for an answer that no platform sends:
     *     too long, or compressed), or {@code HostNotAllowed}. A wait because of the host's
     *     certificate is for this session only, since others may trust other certificates.
     * @throws RequestInterruptedException when the thread is interrupted; its flag is set again
     * @throws IllegalArgumentException when a header cannot be sent; the message does not contain
     *     the value
     */
    Outcome<HostResponse> send(HostRequest request);
  }
}
