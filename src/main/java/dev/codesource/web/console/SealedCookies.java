package dev.codesource.web.console;

import dev.codesource.digest.Sha256;
import dev.codesource.web.SentCookies;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keeps something in the visitor's browser, encrypted (AES-256-GCM, NIST SP 800-38D), so that every
 * replica with the same key can read it, and none keeps anything. A browser takes cookies of 4 kB,
 * and tokens can be longer, so there can be several.
 */
final class SealedCookies {

  /** The prefix makes browsers require Secure, this host only and no other path (RFC 6265bis). */
  private static final String PREFIX = "__Host-codesource-";

  private static final int MOST_PARTS = 5;

  /** In characters, without name and attributes; RFC 6265 section 6.1 wants 4096 with them. */
  private static final int PART = 3_600;

  private static final int NONCE = 12;
  private static final int TAG = 16;

  /** What fits, in bytes. */
  static final int MOST = MOST_PARTS * PART / 4 * 3 - NONCE - TAG;

  private final String name;
  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();

  /**
   * Cookies of replicas that share a key.
   *
   * @param purpose what they are for: those of one purpose are not taken for another's
   * @param secret at least 32 characters that nobody can guess
   * @throws IllegalArgumentException if it is shorter
   */
  SealedCookies(String purpose, String secret) {
    if (secret.length() < 32) {
      throw new IllegalArgumentException("The key of sessions must have at least 32 characters.");
    }
    this.name = PREFIX + purpose + "-";
    this.key = new SecretKeySpec(Sha256.of(secret.getBytes(StandardCharsets.UTF_8)), "AES");
  }

  /**
   * The values of the Set-Cookie headers that keep something.
   *
   * @throws IllegalArgumentException if it has more than {@link #MOST} bytes
   */
  List<String> keep(byte[] plain, Duration age) {
    if (plain.length > MOST) {
      throw new IllegalArgumentException("This is too long for cookies.");
    }
    String sealed = Base64.getUrlEncoder().withoutPadding().encodeToString(seal(plain));
    List<String> cookies = new ArrayList<>();
    for (int part = 0; part < MOST_PARTS; part++) {
      int start = part * PART;
      cookies.add(
          start < sealed.length()
              ? cookie(part, sealed.substring(start, Math.min(start + PART, sealed.length())), age)
              : cookie(part, "", Duration.ZERO));
    }
    return cookies;
  }

  /** The values of the Set-Cookie headers with which the browser forgets it. */
  List<String> forget() {
    List<String> cookies = new ArrayList<>();
    for (int part = 0; part < MOST_PARTS; part++) {
      cookies.add(cookie(part, "", Duration.ZERO));
    }
    return cookies;
  }

  private String cookie(int part, String value, Duration age) {
    return "%s%d=%s; Path=/; Max-Age=%d; Secure; HttpOnly; SameSite=Lax"
        .formatted(name, part, value, Math.max(0, age.toSeconds()));
  }

  /**
   * What was kept.
   *
   * @return empty: nothing, or nothing that was made with this key
   */
  Optional<byte[]> read(SentCookies sent) {
    StringBuilder sealed = new StringBuilder();
    for (int part = 0; part < MOST_PARTS; part++) {
      Optional<String> value = sent.value(name + part);
      if (value.isEmpty()) {
        break;
      }
      sealed.append(value.get());
    }
    return sealed.isEmpty() ? Optional.empty() : open(sealed.toString());
  }

  private byte[] seal(byte[] plain) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    try {
      byte[] secret = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(plain);
      byte[] sealed = Arrays.copyOf(nonce, NONCE + secret.length);
      System.arraycopy(secret, 0, sealed, NONCE, secret.length);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // each JVM has AES-GCM
    }
  }

  private Optional<byte[]> open(String cookie) {
    try {
      byte[] sealed = Base64.getUrlDecoder().decode(cookie);
      if (sealed.length <= NONCE) {
        return Optional.empty();
      }
      return Optional.of(
          cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE))
              .doFinal(sealed, NONCE, sealed.length - NONCE));
    } catch (IllegalArgumentException | GeneralSecurityException notOurs) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG * 8, nonce));
    cipher.updateAAD(name.getBytes(StandardCharsets.US_ASCII));
    return cipher;
  }
}
