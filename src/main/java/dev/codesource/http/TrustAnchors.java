package dev.codesource.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The certificates that are trusted for a host, instead of the public authorities.
 *
 * @param version changes when the certificates do: the source's identity and resource version
 */
public record TrustAnchors(String version, List<X509Certificate> certificates) {

  /** RFC 7468 section 5: the label, and one that older tools write. */
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN (X509 )?CERTIFICATE-----[^-]*-----END (X509 )?CERTIFICATE-----");

  /** More than a company's authorities; all public ones are twice as many. */
  private static final int MOST_CERTIFICATES = 64;

  private static final int LONGEST_TEXT = 64 << 10;

  public TrustAnchors {
    certificates = List.copyOf(certificates);
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("Nothing would be trusted.");
    }
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
    List<X509Certificate> certificates = new ArrayList<>();
    Matcher blocks = CERTIFICATE.matcher(pem);
    while (blocks.find()) {
      if (certificates.size() == mostCertificates) {
        return Outcome.refused(
            Reason.CaNotFound,
            "The %s has more than %d certificates.".formatted(source, mostCertificates));
      }
      try {
        X509Certificate certificate = read(blocks.group());
        Optional<String> objection = AcceptedKeys.objection(certificate);
        if (objection.isPresent()) {
          return Outcome.refused(
              Reason.CaNotFound,
              "Certificate number %d in the %s %s."
                  .formatted(certificates.size() + 1, source, objection.get()));
        }
        certificates.add(certificate);
      } catch (CertificateException e) {
        return Outcome.refused(
            Reason.CaNotFound,
            "Certificate number %d in the %s is damaged: it cannot be read."
                .formatted(certificates.size() + 1, source));
      }
    }
    return certificates.isEmpty()
        ? Outcome.refused(
            Reason.CaNotFound,
            "The %s has no certificate in PEM form, beginning with -----BEGIN CERTIFICATE-----."
                .formatted(source))
        : Outcome.done(new TrustAnchors(version, certificates));
  }

  static Outcome<TrustAnchors> tooLong(String source, int longestText) {
    return Outcome.refused(
        Reason.CaNotFound, "The %s is longer than %d KiB.".formatted(source, longestText >> 10));
  }

  /** The certificates in PEM form (RFC 7468), without the rest of the text that they came from. */
  public String pem() {
    return certificates.stream().map(TrustAnchors::pem).collect(Collectors.joining());
  }

  private static String pem(X509Certificate certificate) {
    try {
      return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
          .formatted(
              Base64.getMimeEncoder(64, new byte[] {'\n'})
                  .encodeToString(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("the certificate was read from its encoding", e);
    }
  }

  private static X509Certificate read(String block) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(block.getBytes(US_ASCII)));
  }
}
