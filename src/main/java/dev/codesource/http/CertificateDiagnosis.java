package dev.codesource.http;

import static java.time.ZoneOffset.UTC;

import dev.codesource.digest.Sha256;
import dev.codesource.reason.Reason;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Describes why a certificate chain was refused. */
final class CertificateDiagnosis {
  private static final int NAME_LENGTH = 120;
  private static final int NAMES_SHOWN = 5;

  /** GeneralName tags, RFC 5280 section 4.2.1.6. */
  private static final int DNS_NAME = 2;

  private static final int IP_ADDRESS = 7;

  private CertificateDiagnosis() {}

  /**
   * Explains a refusal.
   *
   * @param chainIsTrusted whether the chain is trusted and only the name does not match
   */
  static CertificateProblem of(
      String host,
      int port,
      X509Certificate[] chain,
      boolean chainIsTrusted,
      CertificateException refusal) {
    X509Certificate leaf = chain[0];
    String whose = whose(host, port);
    if (isOutOfDate(refusal)) {
      return problem(Reason.CertificateExpired, outOfDate(whose, chain), refusal);
    }
    if (chainIsTrusted && !isAboutTheChain(refusal)) {
      String what = whose + " is for other names: " + names(leaf) + " (" + described(leaf) + ").";
      return problem(Reason.CertificateHostMismatch, what, refusal);
    }
    if (isWeak(refusal)) {
      String what =
          whose
              + " or one above it has a key or signature that is too weak ("
              + described(leaf)
              + ").";
      return problem(Reason.UntrustedCertificate, what, refusal);
    }
    if (isSelfSigned(leaf)) {
      String what =
          "%s is self-signed (%s, SHA-256 fingerprint %s)."
              .formatted(whose, described(leaf), fingerprint(leaf));
      return problem(Reason.SelfSignedCertificate, what, refusal);
    }
    return problem(Reason.UntrustedCertificate, untrusted(whose, chain), refusal);
  }

  /**
   * Explains why a chain is not even verified.
   *
   * @param objection the rest of a sentence that begins with the certificate
   */
  static CertificateProblem notAccepted(String host, int port, String objection) {
    String what = "%s %s.".formatted(whose(host, port), objection);
    return problem(Reason.CertificateNotAccepted, what, new CertificateException(what));
  }

  private static String whose(String host, int port) {
    return "The certificate of " + Printable.of(host, 255) + ":" + port;
  }

  private static CertificateProblem problem(
      Reason reason, String what, CertificateException refusal) {
    return new CertificateProblem(reason, what, refusal);
  }

  private static String outOfDate(String whose, X509Certificate[] chain) {
    Instant now = Instant.now();
    X509Certificate culprit =
        Arrays.stream(chain)
            .filter(each -> isEarly(each, now) || now.isAfter(each.getNotAfter().toInstant()))
            .findFirst()
            .orElse(chain[0]);
    String state = isEarly(culprit, now) ? "not valid yet" : "expired";
    return culprit.equals(chain[0])
        ? "%s is %s (%s).".formatted(whose, state, described(culprit))
        : "%s was issued under another certificate that is %s (%s)."
            .formatted(whose, state, described(culprit));
  }

  private static boolean isEarly(X509Certificate certificate, Instant now) {
    return now.isBefore(certificate.getNotBefore().toInstant());
  }

  private static String untrusted(String whose, X509Certificate[] chain) {
    X509Certificate last = chain[chain.length - 1];
    String end =
        chain.length == 1
            ? "the host sends no other"
            : isSelfSigned(last)
                ? "the host sends "
                    + chain.length
                    + ", up to the root "
                    + name(last.getSubjectX500Principal())
                : "the host sends "
                    + chain.length
                    + ", the last signed by "
                    + name(last.getIssuerX500Principal());
    return "%s has no chain to a trusted authority (%s; %s)."
        .formatted(whose, described(chain[0]), end);
  }

  private static String described(X509Certificate certificate) {
    return "subject %s, issuer %s, valid from %s to %s"
        .formatted(
            name(certificate.getSubjectX500Principal()),
            name(certificate.getIssuerX500Principal()),
            day(certificate.getNotBefore()),
            day(certificate.getNotAfter()));
  }

  private static String name(X500Principal principal) {
    String name = principal.getName(X500Principal.RFC2253);
    return name.isEmpty() ? "without a name" : Printable.of(name, NAME_LENGTH);
  }

  private static String day(Date date) {
    return date.toInstant().atZone(UTC).toLocalDate().toString();
  }

  private static String names(X509Certificate certificate) {
    List<String> names = alternativeNames(certificate);
    if (names.isEmpty()) {
      return "it holds none";
    }
    String shown =
        names.stream()
            .limit(NAMES_SHOWN)
            .map(name -> Printable.of(name, NAME_LENGTH))
            .collect(Collectors.joining(", "));
    int more = names.size() - NAMES_SHOWN;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  private static List<String> alternativeNames(X509Certificate certificate) {
    try {
      @Nullable Collection<List<?>> entries = certificate.getSubjectAlternativeNames();
      return entries == null
          ? List.of()
          : entries.stream()
              .filter(entry -> List.of(DNS_NAME, IP_ADDRESS).contains(entry.get(0)))
              .map(entry -> String.valueOf(entry.get(1)))
              .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  private static boolean isSelfSigned(X509Certificate certificate) {
    if (!certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(certificate.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      return HexFormat.ofDelimiter(":")
          .withUpperCase()
          .formatHex(Sha256.of(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("This certificate was sent.", e);
    }
  }

  private static boolean isOutOfDate(CertificateException refusal) {
    return causes(refusal)
        .anyMatch(
            cause ->
                cause instanceof CertificateExpiredException
                    || cause instanceof CertificateNotYetValidException);
  }

  /** The JDK reports a name that does not match without a cause. */
  private static boolean isAboutTheChain(CertificateException refusal) {
    return refusal.getCause() != null;
  }

  private static boolean isWeak(CertificateException refusal) {
    Predicate<Throwable> weak =
        cause ->
            cause instanceof CertPathValidatorException invalid
                && invalid.getReason() == BasicReason.ALGORITHM_CONSTRAINED;
    return causes(refusal).anyMatch(weak);
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(
            Optional.of(failure), Optional::isPresent, each -> each.map(Throwable::getCause))
        .flatMap(Optional::stream)
        .limit(20);
  }
}
