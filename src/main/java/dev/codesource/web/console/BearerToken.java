package dev.codesource.web.console;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A visitor's token for the API server. It never prints itself.
 *
 * @param value never blank: the Kubernetes client would take another token in place of a blank one
 */
record BearerToken(String value) {

  /** In characters. No header can be longer. */
  static final int MAX_LENGTH = 12_288;

  /** RFC 6750 section 2.1. */
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  BearerToken {
    if (!isOne(value)) {
      throw new IllegalArgumentException("This is not a bearer token (RFC 6750 section 2.1).");
    }
  }

  /** What a person pasted; empty: it is not a token. */
  static Optional<BearerToken> of(String typed) {
    return Optional.of(typed.strip()).filter(BearerToken::isOne).map(BearerToken::new);
  }

  private static boolean isOne(String value) {
    return value.length() <= MAX_LENGTH && FORM.matcher(value).matches();
  }

  @Override
  public String toString() {
    return "BearerToken[…]";
  }
}
