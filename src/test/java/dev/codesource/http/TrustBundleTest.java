package dev.codesource.http;

import static dev.codesource.http.ClientUnderTest.answer;
import static dev.codesource.http.ClientUnderTest.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.RawServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TrustBundleTest {

  private final CertificateAuthority corporate = CertificateAuthority.root("Corporate Root");
  private final CertificateAuthority other = CertificateAuthority.root("Other Root");
  private final AtomicLong nanos = new AtomicLong();
  private Path file;

  @BeforeEach
  void write(@TempDir Path folder) throws IOException {
    file = Files.writeString(folder.resolve("ca.crt"), "# of trust-manager\n" + corporate.pem());
  }

  private TrustBundle bundle() {
    return TrustBundle.in(file, nanos::get);
  }

  @Test
  void aHostOfTheCompanyIsTrustedWithoutAWordInTheBinding() throws IOException {
    try (RawServer host = serving(corporate);
        RawServer stranger = serving(other);
        ClientUnderTest client = new ClientUnderTest(bundle())) {
      answer(client.get(url(host)));
      waiting(client.get(url(stranger)), Reason.UntrustedCertificate);
    }
  }

  @Test
  void whoNamesACaOfTheirOwnTrustsThatAlone() throws IOException {
    TrustAnchors own = TrustAnchors.of("1", List.of(other.certificate()));
    try (RawServer host = serving(corporate);
        RawServer theirs = serving(other);
        ClientUnderTest client = new ClientUnderTest(bundle())) {
      answer(client.get(url(theirs), own));
      waiting(client.get(url(host), own), Reason.UntrustedCertificate);
    }
  }

  @Test
  void thePublicAuthoritiesStayTrusted() {
    var alone = ExplainingTrustManager.trusting(Optional.empty()).getAcceptedIssuers();

    var both = ExplainingTrustManager.trustingPublicAnd(bundle().certificates());

    assertThat(both.getAcceptedIssuers()).contains(alone).contains(corporate.certificate());
  }

  @Test
  void aChangedFileIsTrustedAndWhatItNoLongerHoldsIsNot() throws IOException {
    try (RawServer host = serving(corporate);
        RawServer later = serving(other);
        ClientUnderTest client = new ClientUnderTest(bundle())) {
      answer(client.get(url(host)));

      Files.writeString(file, other.pem());
      nanos.addAndGet(Duration.ofSeconds(11).toNanos());

      answer(client.get(url(later)));
      waiting(client.get(url(host)), Reason.UntrustedCertificate);
    }
  }

  @Test
  void aFileThatBreaksChangesNothing() throws IOException {
    try (RawServer host = serving(corporate);
        ClientUnderTest client = new ClientUnderTest(bundle())) {
      Files.writeString(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
      nanos.addAndGet(Duration.ofSeconds(11).toNanos());
      answer(client.get(url(host)));

      Files.delete(file);
      nanos.addAndGet(Duration.ofSeconds(11).toNanos());
      answer(client.get(url(host)));
    }
  }

  @Test
  void whatHasNotChangedIsNotReadIntoCertificatesAgain() throws IOException {
    AtomicInteger parsed = new AtomicInteger();
    TrustBundle bundle =
        TrustBundle.in(
            file,
            nanos::get,
            (version, source, pem) -> {
              parsed.incrementAndGet();
              return TrustAnchors.parse(version, source, pem);
            });
    lookLater(bundle);
    lookLater(bundle);
    assertThat(parsed).hasValue(1);

    Files.writeString(file, other.pem());
    lookLater(bundle);
    lookLater(bundle);
    assertThat(parsed).hasValue(2);
    assertThat(bundle.certificates().orElseThrow().certificates())
        .containsExactly(other.certificate());

    Files.writeString(file, "broken");
    lookLater(bundle);
    lookLater(bundle);
    assertThat(parsed).hasValue(3);

    Files.writeString(file, other.pem());
    lookLater(bundle);
    assertThat(bundle.certificates().orElseThrow().certificates())
        .containsExactly(other.certificate());
  }

  private void lookLater(TrustBundle bundle) {
    nanos.addAndGet(Duration.ofSeconds(11).toNanos());
    bundle.look();
  }

  /** A pipe: who reads it waits until somebody writes. */
  @Test
  void whileOneRequestLooksAtTheFileTheOthersGoOn() throws Exception {
    try (RawServer host = serving(corporate);
        ClientUnderTest client = new ClientUnderTest(bundle());
        ExecutorService threads = Executors.newCachedThreadPool()) {
      answer(client.get(url(host)));
      Files.delete(file);
      assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
      nanos.addAndGet(Duration.ofSeconds(11).toNanos());

      Future<Outcome<HostResponse>> looking = threads.submit(() -> client.get(url(host)));
      Future<OutputStream> opening = threads.submit(() -> Files.newOutputStream(file));
      try (OutputStream pipe = opening.get(20, TimeUnit.SECONDS)) {
        Future<Outcome<HostResponse>> second = threads.submit(() -> client.get(url(host)));
        answer(second.get(20, TimeUnit.SECONDS));
        assertThat(looking).isNotDone();
        pipe.write(corporate.pem().getBytes(StandardCharsets.US_ASCII));
      }
      answer(looking.get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void aBundleWithTheAuthoritiesOfTheWholeWorldIsRead() throws IOException {
    Files.writeString(file, corporate.pem().repeat(150));

    assertThat(bundle().certificates().orElseThrow().certificates()).hasSize(150);
  }

  @Test
  void aBrokenBundleIsNamedAtTheStart() throws IOException {
    Files.writeString(
        file, corporate.pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    refuses("Certificate number 2 in the trust bundle " + file + " is damaged");
    Files.writeString(file, "none");
    refuses("The trust bundle " + file + " has no certificate in PEM form");
    Files.writeString(file, "x".repeat((1 << 20) + 1));
    refuses("The trust bundle " + file + " is longer than 1024 KiB.");
    Files.writeString(file, corporate.pem().repeat(1_025));
    refuses("The trust bundle " + file);
    Files.delete(file);
    refuses("The trust bundle " + file + " cannot be read.");
  }

  private void refuses(String message) {
    assertThatThrownBy(this::bundle)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static RawServer serving(CertificateAuthority authority) {
    return RawServer.start(authority.issue("host.test"), RawServer.answering("{}"));
  }

  private static String url(RawServer host) {
    return "https://host.test:" + host.port();
  }
}
