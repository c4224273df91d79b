package dev.codesource.host;

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
     *     {@code Reachable} (not {@code NotThisPlatform}, {@code ServerError} or {@code
     *     RateLimited}, which are for the platform to say), or {@code HostNotAllowed}
     */
    Outcome<HostResponse> send(HostRequest request);
  }
}
