package dev.codesource.credential;

/**
 * An application that is registered on a code host (RFC 6749 section 2).
 *
 * @param id public: it is part of the URL that a browser is sent to
 * @param ca which certificates may vouch for the host that gets the secret, and the tokens that are
 *     obtained with it
 */
public record OAuthClient(String id, Token secret, CaConsent ca) {

  /** Where it is stored: the name of the Secret, or of the administrator's application. */
  public String source() {
    return ca.title();
  }

  /** One that is for hosts with a certificate of a public authority. */
  public OAuthClient(String id, Token secret) {
    this(id, secret, CaConsent.none("OAuth application"));
  }
}
