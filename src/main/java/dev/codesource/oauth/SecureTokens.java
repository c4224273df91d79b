package dev.codesource.oauth;

import dev.codesource.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/** Values that cannot be guessed, and the digests by which they are recognized. */
public final class SecureTokens {

  /** RFC 6749 section 10.10 recommends a probability of guessing of 2^-160 at most. */
  private static final int BYTES = 32;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private SecureTokens() {}

  /** 43 characters of base64url: also the form of a PKCE verifier (RFC 7636 section 4.1). */
  public static String next() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return BASE64URL.encodeToString(bytes);
  }

  /** SHA-256 in base64url: also the S256 challenge of a verifier (RFC 7636 section 4.2). */
  public static String digest(String value) {
    return BASE64URL.encodeToString(Sha256.of(value.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Compares in constant time. */
  public static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
