package dev.codesource.codehost;

import java.util.Set;

/** The meaning of an error of an OAuth endpoint. */
public enum OAuthError {
  /** The application is unknown, its secret wrong, or its registration lacks something. */
  CLIENT_REJECTED,
  /** The code, device code or refresh token is unknown, used or revoked. */
  GRANT_REJECTED,
  /** The person denied the authorization. */
  DENIED,
  /** The device code has expired. */
  EXPIRED,
  /** The person has not decided yet. */
  PENDING,
  /** As {@link #PENDING}, and the polls are too frequent. */
  SLOW_DOWN,
  /** The server cannot answer now. */
  UNAVAILABLE,
  /** Not an error of OAuth. */
  UNKNOWN;

  private static final Set<String> CLIENT_ERRORS =
      Set.of(
          "invalid_client",
          "unauthorized_client",
          "unsupported_grant_type",
          "unsupported_response_type",
          "invalid_scope",
          "invalid_request");

  /** The meaning in RFC 6749 sections 4.1.2.1 and 5.2 and RFC 8628 section 3.5. */
  public static OAuthError of(String error) {
    if (CLIENT_ERRORS.contains(error)) {
      return CLIENT_REJECTED;
    }
    return switch (error) {
      case "invalid_grant" -> GRANT_REJECTED;
      case "access_denied" -> DENIED;
      case "expired_token" -> EXPIRED;
      case "authorization_pending" -> PENDING;
      case "slow_down" -> SLOW_DOWN;
      case "server_error", "temporarily_unavailable" -> UNAVAILABLE;
      default -> UNKNOWN;
    };
  }
}
