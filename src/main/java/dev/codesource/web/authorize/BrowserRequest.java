package dev.codesource.web.authorize;

import dev.codesource.oauth.CodeFlow;
import dev.codesource.oauth.PublicUrl;
import dev.codesource.oauth.SecureTokens;
import dev.codesource.web.SentCookies;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Optional;

/** The request of a browser: its cookies, and the headers that pages cannot forge. */
record BrowserRequest(HttpHeaders headers) {

  /** Of namespaces and bindings. */
  static final String NAME = "[a-z0-9.-]{1,253}";

  private static final String PAGE_COOKIE = "__Host-codesource-page";
  private static final String FORM_COOKIE = "__Host-codesource-form";

  Optional<String> cookie(String name) {
    return SentCookies.of(headers).value(name);
  }

  /** The token that ties the form to this browser: the value of its cookie, or a new one. */
  String formToken() {
    return cookie(FORM_COOKIE)
        .filter(value -> value.matches("[\\w-]{43}"))
        .orElseGet(SecureTokens::next);
  }

  /** A token for the API server, from a proxy (RFC 6750 section 2.1). */
  Optional<String> bearer() {
    return Optional.ofNullable(headers.getHeaderString(HttpHeaders.AUTHORIZATION))
        .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
        .map(value -> value.substring(7).strip());
  }

  static String formCookie(String token) {
    return cookie(FORM_COOKIE, token, 3600);
  }

  /**
   * The path of the page that this browser opened last, for a way back to it. It decides nothing.
   */
  Optional<String> page() {
    return cookie(PAGE_COOKIE).filter(value -> value.matches("/authorize(/" + NAME + "){2}"));
  }

  static String pageCookie(String page) {
    return cookie(PAGE_COOKIE, page, 3600);
  }

  static String flowCookie(CodeFlow.Begun begun) {
    return cookie(begun.cookieName(), begun.cookie(), CodeFlow.TIME_LIMIT.toSeconds());
  }

  static String forget(String name) {
    return cookie(name, "", 0);
  }

  /** The prefix makes browsers require Secure, this host only and no other path (RFC 6265bis). */
  private static String cookie(String name, String value, long seconds) {
    return "%s=%s; Path=/; Max-Age=%d; Secure; HttpOnly; SameSite=Lax"
        .formatted(name, value, seconds);
  }

  /**
   * Whether a form was sent from the operator's own page: by the headers of the browser, and by the
   * token that only that page has. A browser that must not send a referrer sends the origin null.
   */
  boolean sentFrom(PublicUrl own, Optional<String> formToken) {
    Optional<String> site = Optional.ofNullable(headers.getHeaderString("Sec-Fetch-Site"));
    Optional<String> origin =
        Optional.ofNullable(headers.getHeaderString("Origin")).filter(text -> !text.equals("null"));
    return site.filter(where -> !where.equals("same-origin")).isEmpty()
        && origin.filter(where -> !where.equals(own.origin())).isEmpty()
        && cookie(FORM_COOKIE)
            .filter(expected -> SecureTokens.same(expected, formToken.orElse("")))
            .isPresent();
  }
}
