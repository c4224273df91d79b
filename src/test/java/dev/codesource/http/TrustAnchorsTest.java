package dev.codesource.http;

import static dev.codesource.http.ClientUnderTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.CertificateAuthority.Validity;
import java.util.Collections;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustAnchorsTest {
  private final CertificateAuthority first = CertificateAuthority.root("First");
  private final CertificateAuthority second = CertificateAuthority.root("Second");

  @Test
  void aBundleWithComments() {
    String bundle =
        "# First\r\n" + first.pem().replace("\n", "\r\n") + "\n# Second\n  " + second.pem();
    assertThat(TrustAnchors.parse("v1", "key ca.crt of the ConfigMap corp-ca", bundle))
        .isInstanceOfSatisfying(
            Outcome.Done.class,
            done -> {
              TrustAnchors anchors = (TrustAnchors) done.value();
              assertThat(anchors.version()).isEqualTo("v1");
              assertThat(anchors.certificates())
                  .containsExactly(first.certificate(), second.certificate());
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nMIIB"
      })
  void noCertificate(String text) {
    assertThat(
            refused(
                    TrustAnchors.parse("v1", "key ca.crt of the ConfigMap corp-ca", text),
                    Reason.CaNotFound)
                .what())
        .contains("no certificate in PEM form");
  }

  @Test
  void aLongTextAndManyCertificatesAreRefused() {
    String most = first.pem().repeat(64);
    String source = "key ca.crt of the ConfigMap corp-ca";

    assertThat(TrustAnchors.parse("v1", source, most)).isInstanceOf(Outcome.Done.class);
    assertThat(
            refused(TrustAnchors.parse("v1", source, most + second.pem()), Reason.CaNotFound)
                .what())
        .isEqualTo("The key ca.crt of the ConfigMap corp-ca has more than 64 certificates.");
    String text = first.pem() + "#".repeat(64 << 10);
    assertThat(refused(TrustAnchors.parse("v1", source, text), Reason.CaNotFound).what())
        .isEqualTo("The key ca.crt of the ConfigMap corp-ca is longer than 64 KiB.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MIIB", "%%%", "AAAA"})
  void aDamagedCertificateIsCounted(String content) {
    String damaged = "-----BEGIN CERTIFICATE-----\n" + content + "\n-----END CERTIFICATE-----\n";
    assertThat(
            refused(
                    TrustAnchors.parse(
                        "v1", "key ca.crt of the ConfigMap corp-ca", first.pem() + damaged),
                    Reason.CaNotFound)
                .what())
        .startsWith("Certificate number 2 in the key ca.crt of the ConfigMap corp-ca ");
  }

  private static String withNames(int number) {
    return TrustAnchors.of(
            "1",
            List.of(
                CertificateAuthority.selfSigned(Collections.nCopies(number, "a.b"), Validity.now())
                    .certificate()))
        .pem();
  }

  /** Parsed, each of its names takes 270 bytes. */
  @Test
  void aLongCertificateIsNotParsed() {
    assertThat(
            refused(
                    TrustAnchors.parse("v1", "key ca.crt of the Secret corp", withNames(9_000)),
                    Reason.CaNotFound)
                .what())
        .isEqualTo(
            "Certificate number 1 in the key ca.crt of the Secret corp is longer than 8 KiB.");
  }

  @Test
  void aCertificateWithALongExtensionIsRefused() {
    assertThat(TrustAnchors.parse("v1", "key ca.crt of the Secret corp", withNames(380)))
        .isInstanceOf(Outcome.Done.class);
    assertThat(
            refused(
                    TrustAnchors.parse("v1", "key ca.crt of the Secret corp", withNames(500)),
                    Reason.CaNotFound)
                .what())
        .isEqualTo(
            "Certificate number 1 in the key ca.crt of the Secret corp has, or one above it has, a"
                + " name or an extension longer than 2 KiB.");
  }

  @Test
  void aCertificateWithALongNameIsRefused() {
    X500Principal name = new X500Principal("CN=" + "a".repeat(2_100));
    String pem =
        TrustAnchors.of("1", List.of(first.issue(name, List.of("a"), Validity.now()).certificate()))
            .pem();
    assertThat(
            refused(
                    TrustAnchors.parse("v1", "key ca.crt of the Secret corp", pem),
                    Reason.CaNotFound)
                .what())
        .endsWith("a name or an extension longer than 2 KiB.");
  }
}
