package dev.codesource.codehost;

import dev.codesource.address.SiteUrl;
import java.net.URI;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The OAuth 2 endpoints of a site, and its deviations from RFC 6749.
 *
 * @param authorize where a person is sent (RFC 6749 section 3.1)
 * @param token the token endpoint (section 3.2)
 * @param device the device authorization endpoint (RFC 8628 section 3.1); empty: there is none
 * @param authentication how the application authenticates (RFC 6749 section 2.3.1)
 * @param pkce whether S256 is supported (RFC 7636)
 * @param scopes to request, to read code and set webhooks
 * @param refreshNamesRedirectUri whether a refresh must repeat the redirect URI
 * @param lostRefresh what to do when the answer to a refresh was lost
 * @param faults the meaning of its errors
 */
public record OAuthDialect(
    URI authorize,
    URI token,
    Optional<URI> device,
    Revocation revocation,
    ClientAuthentication authentication,
    boolean pkce,
    SortedSet<String> scopes,
    boolean refreshNamesRedirectUri,
    LostRefresh lostRefresh,
    FaultReader faults) {

  /** How an application authenticates at the token endpoint. */
  public enum ClientAuthentication {
    /** RFC 7617. */
    BASIC,
    /** {@code client_id} and {@code client_secret} in the form. */
    POST
  }

  /** How a token is revoked. */
  public sealed interface Revocation {
    /** The platform has no API for it. */
    record None() implements Revocation {}

    /** RFC 7009. */
    record Endpoint(URI uri) implements Revocation {}

    /**
     * GitHub's {@code DELETE /applications/{client_id}/token}
     * (https://docs.github.com/rest/apps/oauth-applications#delete-an-app-token).
     */
    record OfApplication(SiteUrl api) implements Revocation {}
  }

  /** How to recover when a refresh was sent and its answer was not received, or not stored. */
  public enum LostRefresh {
    /**
     * A refresh invalidates the old access token: while that one is valid, the refresh was not
     * processed.
     */
    SHOWS_IN_OLD_TOKEN,
    /**
     * The refresh token can be used more than once, or a second use is refused without other
     * effect.
     */
    MAY_BE_REPEATED,
    /**
     * Unknown whether it was processed, and a second use could count as a theft: a person has to
     * authorize again.
     */
    UNKNOWN
  }

  /** Reads an error. */
  @FunctionalInterface
  public interface FaultReader {

    /**
     * The meaning of an error.
     *
     * @param error the error's code; empty where the answer has none
     * @param description the error's text in lower case; compared, never shown
     */
    OAuthError read(String error, String description);

    /** As the RFCs have it. */
    FaultReader STANDARD = (error, description) -> OAuthError.of(error);
  }
}
