package dev.codesource.http;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/**
 * Which certificates are verified at all. Whoever may create a binding decides which host sends
 * them, and one signature of a DSA key with large parameters, or of a very long RSA key, takes
 * seconds to verify. So a chain is looked at before any signature is.
 */
final class AcceptedKeys {

  /** What is accepted, as a sentence names it. */
  static final String ACCEPTED = "RSA up to 8192 bits, EC with P-256, P-384 or P-521, and EdDSA";

  /** Public authorities have up to 4096 bits. */
  private static final int MOST_RSA_BITS = 8192;

  /** Nearly all keys have 65537. */
  private static final int MOST_EXPONENT_BITS = 32;

  /** A server sends its own, and seldom more than three above it. */
  private static final int MOST_CERTIFICATES = 10;

  /**
   * An authority may have two certificates, while it changes its own or is signed by two others.
   * With many of one name the JDK would try each order of them.
   */
  private static final int MOST_OF_ONE_NAME = 2;

  /**
   * RFC 5280 section 4.2.1.5: the work that these cause grows with a power of their number. They
   * are for chains between governments and companies.
   */
  private static final String POLICY_MAPPINGS = "2.5.29.33";

  private static final int LONGEST_POLICY_MAPPINGS = 512;

  /** Of one certificate; those of public authorities and their customers have 1 to 3 KiB. */
  private static final int MOST_BYTES = 8 << 10;

  /** Of one extension, and of a name: parsed, each short name in it takes 270 bytes. */
  private static final int LONGEST_PART = 2 << 10;

  /** RFC 5280 section 4.2.1.6: the names that a host's own certificate is for. */
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";

  /** Some hosts share a certificate with hundreds. */
  private static final int LONGEST_NAMES_OF_A_HOST = 6 << 10;

  private static final List<ECParameterSpec> CURVES =
      Stream.of("secp256r1", "secp384r1", "secp521r1").map(AcceptedKeys::curve).toList();

  private AcceptedKeys() {}

  /**
   * Why a chain is not verified; empty: it may be.
   *
   * @return the rest of a sentence that begins with the certificate
   */
  static Optional<String> objection(X509Certificate[] chain) {
    if (chain.length > MOST_CERTIFICATES) {
      return Optional.of(
          "comes with %d certificates above it; at most %d are read"
              .formatted(chain.length - 1, MOST_CERTIFICATES - 1));
    }
    Map<X500Principal, Long> names =
        Arrays.stream(chain)
            .map(X509Certificate::getSubjectX500Principal)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    if (names.values().stream().anyMatch(count -> count > MOST_OF_ONE_NAME)) {
      return Optional.of(
          "comes with more than %d certificates of the same subject".formatted(MOST_OF_ONE_NAME));
    }
    return IntStream.range(0, chain.length)
        .mapToObj(i -> objection(chain[i], i == 0 ? LONGEST_NAMES_OF_A_HOST : LONGEST_PART))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /**
   * Why a certificate is too long to be parsed; empty: it is not.
   *
   * @param length of its DER, in bytes
   * @return the rest of a sentence that begins with the certificate
   */
  static Optional<String> objectionToLength(int length) {
    return length > MOST_BYTES
        ? Optional.of("is longer than %d KiB".formatted(MOST_BYTES >> 10))
        : Optional.empty();
  }

  /** Why a certificate is not trusted as an authority; empty: it may be. */
  static Optional<String> objectionToAuthority(X509Certificate certificate) {
    return objection(certificate, LONGEST_PART);
  }

  static X509Certificate read(byte[] der) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  private static Optional<String> objection(X509Certificate certificate, int longestNames) {
    if (length(certificate) > MOST_BYTES) {
      return Optional.of("is, or one above it is, longer than %d KiB".formatted(MOST_BYTES >> 10));
    }
    if (hasLongPart(certificate, longestNames)) {
      return Optional.of(
          "has, or one above it has, a name or an extension longer than %d KiB"
              .formatted(LONGEST_PART >> 10));
    }
    byte[] mappings = certificate.getExtensionValue(POLICY_MAPPINGS);
    if (mappings != null && mappings.length > LONGEST_POLICY_MAPPINGS) {
      return Optional.of("has, or one above it has, more policy mappings than are read");
    }
    return key(certificate.getPublicKey())
        .map(key -> "has, or one above it has, %s; accepted are %s".formatted(key, ACCEPTED));
  }

  private static int length(X509Certificate certificate) {
    try {
      return certificate.getEncoded().length;
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("the certificate was read from its encoding", e);
    }
  }

  private static boolean hasLongPart(X509Certificate certificate, int longestNames) {
    boolean hasLongName =
        Stream.of(certificate.getSubjectX500Principal(), certificate.getIssuerX500Principal())
            .anyMatch(name -> name.getEncoded().length > LONGEST_PART);
    return hasLongName
        || Stream.of(
                Optional.ofNullable(certificate.getCriticalExtensionOIDs()),
                Optional.ofNullable(certificate.getNonCriticalExtensionOIDs()))
            .flatMap(Optional::stream)
            .flatMap(Set::stream)
            .anyMatch(
                oid ->
                    certificate.getExtensionValue(oid).length
                        > (oid.equals(ALTERNATIVE_NAMES) ? longestNames : LONGEST_PART));
  }

  /** What is wrong with a key; empty: nothing. */
  private static Optional<String> key(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa -> rsa(rsa.getModulus(), rsa.getPublicExponent());
      case ECPublicKey ec ->
          CURVES.stream().anyMatch(curve -> isSame(curve, ec.getParams()))
              ? Optional.empty()
              : Optional.of("an EC key with another curve");
      case EdECPublicKey _ -> Optional.empty();
      default -> Optional.of("a key of the kind " + Printable.of(key.getAlgorithm(), 40));
    };
  }

  private static Optional<String> rsa(BigInteger modulus, BigInteger exponent) {
    if (modulus.bitLength() > MOST_RSA_BITS) {
      return Optional.of("an RSA key of %d bits".formatted(modulus.bitLength()));
    }
    return exponent.bitLength() > MOST_EXPONENT_BITS
        ? Optional.of("an RSA key with an exponent of %d bits".formatted(exponent.bitLength()))
        : Optional.empty();
  }

  private static boolean isSame(ECParameterSpec curve, ECParameterSpec other) {
    return curve.getCurve().equals(other.getCurve())
        && curve.getGenerator().equals(other.getGenerator())
        && curve.getOrder().equals(other.getOrder())
        && curve.getCofactor() == other.getCofactor();
  }

  private static ECParameterSpec curve(String name) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(name));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has the curve " + name + ".", e);
    }
  }
}
