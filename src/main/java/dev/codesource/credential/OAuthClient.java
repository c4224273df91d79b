package dev.codesource.credential;

/**
 * An application that is registered on a code host (RFC 6749 section 2).
 *
 * @param id public: it is part of the URL that a browser is sent to
 */
public record OAuthClient(String id, Token secret) {}
