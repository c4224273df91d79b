package dev.codesource.codehost;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The check of a body that is signed with HMAC and SHA-256 (RFC 2104), as most platforms do. The
 * memory that it needs does not depend on the length of the body.
 */
public final class SignedBody implements DeliveryCheck {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String PREFIX = "sha256=";
  private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{64}");

  /** As an encoder writes it: two bits of the last character stand for nothing, and are zero. */
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=");

  private final Mac mac;
  private final List<byte[]> accepted;

  private SignedBody(Mac mac, List<byte[]> accepted) {
    this.mac = mac;
    this.accepted = accepted;
  }

  /**
   * Begins a check.
   *
   * @param key empty: everybody has it, so nothing is genuine
   * @param before what is signed before the body
   * @param accepted one of these must be the signature
   */
  public static Optional<DeliveryCheck> begin(byte[] key, byte[] before, List<byte[]> accepted) {
    if (key.length == 0 || accepted.isEmpty()) {
      return Optional.empty();
    }
    Mac mac = mac(key);
    mac.update(before);
    return Optional.of(new SignedBody(mac, accepted));
  }

  /**
   * Begins the check of a body that alone is signed, with a key that is text.
   *
   * @param signature empty: there is none, and so no check
   */
  public static Optional<DeliveryCheck> begin(String key, Optional<byte[]> signature) {
    return signature.flatMap(sent -> begin(key.getBytes(UTF_8), new byte[0], List.of(sent)));
  }

  /** The signature of a text, in Base64. */
  public static String signature(String key, String text) {
    return Base64.getEncoder()
        .encodeToString(mac(key.getBytes(UTF_8)).doFinal(text.getBytes(UTF_8)));
  }

  /** A signature as {@code sha256=} and hexadecimal digits; empty: it has not that form. */
  public static Optional<byte[]> prefixedHex(String text) {
    return text.startsWith(PREFIX) ? hex(text.substring(PREFIX.length())) : Optional.empty();
  }

  /** A signature in hexadecimal digits; empty: it has not that form. */
  public static Optional<byte[]> hex(String text) {
    return HEX.matcher(text).matches()
        ? Optional.of(HexFormat.of().parseHex(text))
        : Optional.empty();
  }

  /** A signature in Base64; empty: it has not that form. */
  public static Optional<byte[]> base64(String text) {
    return BASE64.matcher(text).matches()
        ? Optional.of(Base64.getDecoder().decode(text))
        : Optional.empty();
  }

  @Override
  public void update(byte[] piece) {
    mac.update(piece);
  }

  @Override
  public boolean isGenuine() {
    byte[] signature = mac.doFinal();
    boolean isGenuine = false;
    for (byte[] each : accepted) {
      isGenuine |= MessageDigest.isEqual(signature, each);
    }
    return isGenuine;
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has " + ALGORITHM + ".", e);
    }
  }
}
