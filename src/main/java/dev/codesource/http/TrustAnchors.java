package dev.codesource.http;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The certificates that are trusted for a host, instead of the public authorities. They are kept as
 * they are encoded: a certificate with many names takes fifty times as much when it is parsed, and
 * each reconciliation in progress may have some of its own.
 *
 * @param version changes when the certificates do: the source's identity and resource version
 * @param encodings each certificate's DER in Base64, without line breaks
 */
public record TrustAnchors(String version, List<String> encodings) {

  /** RFC 7468 section 5: the label, and one that older tools write. */
  private static final Pattern CERTIFICATE =
      Pattern.compile(
          "-----BEGIN (X509 )?CERTIFICATE-----(?<content>[^-]*)-----END (X509 )?CERTIFICATE-----");

  private static final String CONTENT = "content";

  /** More than a company's authorities; all public ones are twice as many. */
  private static final int MOST_CERTIFICATES = 64;

  private static final int LONGEST_TEXT = 64 << 10;

  private static final Pattern SPACE = Pattern.compile("\\s+");

  public TrustAnchors {
    encodings = List.copyOf(encodings);
    if (encodings.isEmpty()) {
      throw new IllegalArgumentException("Nothing would be trusted.");
    }
  }

  /** Of certificates that are known to be well formed. */
  public static TrustAnchors of(String version, List<X509Certificate> certificates) {
    return new TrustAnchors(version, certificates.stream().map(TrustAnchors::encoded).toList());
  }

  /**
   * Reads the certificates of a text and skips the text between them, such as the comments of a
   * bundle.
   *
   * @param source as a sentence names the text, after "The"
   * @return the certificates, at least one; or {@code CaNotFound}
   */
  public static Outcome<TrustAnchors> parse(String version, String source, String pem) {
    return parse(version, source, pem, LONGEST_TEXT, MOST_CERTIFICATES);
  }

  static Outcome<TrustAnchors> parse(
      String version, String source, String pem, int longestText, int mostCertificates) {
    if (pem.length() > longestText) {
      return tooLong(source, longestText);
    }
    List<String> encodings = new ArrayList<>();
    Matcher blocks = CERTIFICATE.matcher(pem);
    while (blocks.find()) {
      if (encodings.size() == mostCertificates) {
        return Outcome.refused(
            Reason.CaNotFound,
            "The %s has more than %d certificates.".formatted(source, mostCertificates));
      }
      try {
        byte[] der =
            Base64.getDecoder().decode(SPACE.matcher(blocks.group(CONTENT)).replaceAll(""));
        Outcome<String> encoding = encoding(source, encodings.size() + 1, der);
        if (!(encoding instanceof Outcome.Done<String>(var accepted))) {
          return encoding.map(_ -> new TrustAnchors(version, encodings));
        }
        encodings.add(accepted);
      } catch (CertificateException | IllegalArgumentException e) {
        return Outcome.refused(
            Reason.CaNotFound,
            "Certificate number %d in the %s is damaged: it cannot be read."
                .formatted(encodings.size() + 1, source));
      }
    }
    return encodings.isEmpty()
        ? Outcome.refused(
            Reason.CaNotFound,
            "The %s has no certificate in PEM form, beginning with -----BEGIN CERTIFICATE-----."
                .formatted(source))
        : Outcome.done(new TrustAnchors(version, encodings));
  }

  private static Outcome<String> encoding(String source, int number, byte[] der)
      throws CertificateException {
    Optional<String> length = AcceptedKeys.objectionToLength(der.length);
    if (length.isPresent()) { // not even parsed
      return refused(source, number, length.get());
    }
    X509Certificate certificate = AcceptedKeys.read(der);
    return AcceptedKeys.objectionToAuthority(certificate)
        .map(objection -> refused(source, number, objection))
        .orElseGet(() -> Outcome.done(encoded(certificate)));
  }

  private static Outcome<String> refused(String source, int number, String objection) {
    return Outcome.refused(
        Reason.CaNotFound,
        "Certificate number %d in the %s %s.".formatted(number, source, objection));
  }

  static Outcome<TrustAnchors> tooLong(String source, int longestText) {
    return Outcome.refused(
        Reason.CaNotFound, "The %s is longer than %d KiB.".formatted(source, longestText >> 10));
  }

  /** The certificates, parsed anew by each call. */
  public List<X509Certificate> certificates() {
    return encodings.stream().map(TrustAnchors::parsed).toList();
  }

  /** Whether all of these are among the certificates. */
  public boolean containsAll(TrustAnchors others) {
    return Set.copyOf(encodings).containsAll(others.encodings);
  }

  /** The length of all encodings, in characters. */
  int length() {
    return encodings.stream().mapToInt(String::length).sum();
  }

  /** The certificates in PEM form (RFC 7468), without the rest of the text that they came from. */
  public String pem() {
    return encodings.stream().map(TrustAnchors::pem).collect(Collectors.joining());
  }

  private static String pem(String encoding) {
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(
            Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(Base64.getDecoder().decode(encoding)));
  }

  private static String encoded(X509Certificate certificate) {
    try {
      return Base64.getEncoder().encodeToString(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("the certificate was read from its encoding", e);
    }
  }

  private static X509Certificate parsed(String encoding) {
    try {
      return AcceptedKeys.read(Base64.getDecoder().decode(encoding));
    } catch (CertificateException e) {
      throw new IllegalStateException("the certificate was read before", e);
    }
  }
}
