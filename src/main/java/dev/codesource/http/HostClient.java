package dev.codesource.http;

import dev.codesource.http.limit.RequestInterruptedException;
import dev.codesource.reason.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Sends requests to code hosts. */
public interface HostClient {

  /**
   * Opens a session.
   *
   * @param tenant the namespace that asks; what tenants share is shared fairly
   * @param anchors the certificates to trust instead of the public authorities
   */
  Session open(String tenant, Optional<TrustAnchors> anchors);

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

    /**
     * As {@link #send}, but the body of a success (2xx) is given to a reader piece by piece, and is
     * empty in the answer. For long bodies of which little is kept. A client that has the whole
     * body gives it as one piece.
     */
    default Outcome<HostResponse> receive(HostRequest request, BodyReader reader) {
      return send(request)
          .map(
              response -> {
                if (!response.isSuccess()) {
                  return response;
                }
                var _ = reader.read(response.body().getBytes(StandardCharsets.UTF_8));
                return new HostResponse(response.status(), response.headers(), "");
              });
    }
  }

  /** Reads a body while it arrives. Called by one thread at a time, which must not block. */
  @FunctionalInterface
  interface BodyReader {

    /**
     * Reads the next piece.
     *
     * @return whether the rest is wanted; false: the answer ends here
     */
    boolean read(byte[] piece);
  }
}
