package dev.codesource.credential;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The private key of a GitHub App. Only this package has access to it: the code host gets an
 * assertion that it signed.
 */
final class AppKey {

  /** RFC 7468: the form of RFC 8017 (PKCS #1), which GitHub hands out, and of RFC 5958. */
  private static final Pattern PEM =
      Pattern.compile(
          "\\s*-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END \\1?PRIVATE KEY-----\\s*");

  /** The version, and the algorithm rsaEncryption (RFC 5958 section 2, RFC 8017 appendix A.1). */
  private static final byte[] VERSION_AND_ALGORITHM =
      HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int FEWEST_BITS = 2048;

  /** Twice the bits take seven times as long to sign; a signature with 4096 takes some ms. */
  private static final int MOST_BITS = 4096;

  /** A key of 4096 bits takes 3.3 KiB. */
  private static final int LONGEST_PEM = 8 << 10;

  /** As GitHub's is, and all that are in use: it is what a signature is checked with. */
  private static final int MOST_BITS_OF_EXPONENT = 64;

  /** "To protect against clock drift", as GitHub's documentation says. */
  private static final Duration EARLIER = Duration.ofSeconds(60);

  /** GitHub accepts 10 minutes at most; its clock may be behind. */
  private static final Duration VALID = Duration.ofMinutes(9);

  private final RSAPrivateCrtKey key;

  private AppKey(RSAPrivateCrtKey key) {
    this.key = key;
  }

  /** Reads a key in PEM form; empty: it is not an RSA private key without a password. */
  static Optional<AppKey> parse(String pem) {
    if (pem.length() > LONGEST_PEM) {
      return Optional.empty();
    }
    Matcher block = PEM.matcher(pem);
    if (!block.matches()) {
      return Optional.empty();
    }
    try {
      byte[] stored = Base64.getDecoder().decode(block.group(2).replaceAll("\\s", ""));
      byte[] pkcs8 = block.group(1) == null ? stored : wrapped(stored);
      return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8))
                  instanceof RSAPrivateCrtKey key
              && isOfFittingSize(key)
              && isConsistent(key)
          ? Optional.of(new AppKey(key))
          : Optional.empty();
    } catch (GeneralSecurityException | IllegalArgumentException noKey) {
      return Optional.empty();
    }
  }

  private static boolean isOfFittingSize(RSAPrivateCrtKey key) {
    int bits = key.getModulus().bitLength();
    return bits >= FEWEST_BITS
        && bits <= MOST_BITS
        && key.getPublicExponent().bitLength() <= MOST_BITS_OF_EXPONENT;
  }

  /**
   * Whether the numbers are those of RFC 8017 section 3.2. Others would not sign, or take as long
   * as they are large.
   */
  private static boolean isConsistent(RSAPrivateCrtKey key) {
    BigInteger p = key.getPrimeP();
    BigInteger q = key.getPrimeQ();
    return Stream.of(
                p,
                q,
                key.getPublicExponent(),
                key.getPrimeExponentP(),
                key.getPrimeExponentQ(),
                key.getCrtCoefficient())
            .allMatch(number -> number.signum() > 0 && number.bitLength() < MOST_BITS)
        && p.multiply(q).equals(key.getModulus())
        && isInverse(key.getPrimeExponentP(), key.getPublicExponent(), p.subtract(BigInteger.ONE))
        && isInverse(key.getPrimeExponentQ(), key.getPublicExponent(), q.subtract(BigInteger.ONE))
        && isInverse(key.getCrtCoefficient(), q, p);
  }

  /** Whether one number is less than the modulus and its product with the other is 1. */
  private static boolean isInverse(BigInteger one, BigInteger other, BigInteger modulus) {
    return one.compareTo(modulus) < 0 && one.multiply(other).mod(modulus).equals(BigInteger.ONE);
  }

  /** Java reads only the form of RFC 5958, which wraps the other form. */
  private static byte[] wrapped(byte[] pkcs1) {
    return tagged(SEQUENCE, joined(VERSION_AND_ALGORITHM, tagged(OCTET_STRING, pkcs1)));
  }

  /** Tag, length and content (X.690 section 8.1), for contents of 128 to 65535 octets. */
  private static byte[] tagged(int tag, byte[] content) {
    int length = content.length;
    byte[] head =
        length < 0x100
            ? new byte[] {(byte) tag, (byte) 0x81, (byte) length}
            : new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
    return joined(head, content);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /**
   * A JWT (RFC 7519) by which the app authenticates
   * (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app).
   *
   * <p>It is signed when it is first sent, since a signature takes milliseconds and most
   * reconciliations send nothing.
   *
   * @param issuer the app's ID or client ID, in characters that JSON does not escape
   */
  Token assertion(String issuer, InstantSource clock) {
    return Token.madeOnce(() -> signed(issuer, clock.instant()));
  }

  private String signed(String issuer, Instant now) {
    // Some versions of Enterprise Server require the app's ID as a number.
    String iss = issuer.matches("\\d+") ? issuer : '"' + issuer + '"';
    String claims =
        "{\"iat\":%d,\"exp\":%d,\"iss\":%s}"
            .formatted(now.minus(EARLIER).getEpochSecond(), now.plus(VALID).getEpochSecond(), iss);
    String signed =
        encoded(utf8("{\"alg\":\"RS256\",\"typ\":\"JWT\"}")) + "." + encoded(utf8(claims));
    return signed + "." + encoded(signature(utf8(signed)));
  }

  /** RS256 (RFC 7518 section 3.3). */
  private byte[] signature(byte[] text) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(text);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform signs with RSA", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String encoded(byte[] octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }

  @Override
  public String toString() {
    return "[secret]";
  }
}
