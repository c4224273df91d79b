package dev.codesource.http;

import static dev.codesource.http.ClientUnderTest.address;
import static dev.codesource.http.ClientUnderTest.answer;
import static dev.codesource.http.ClientUnderTest.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Scope;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.CertificateAuthority.Validity;
import dev.codesource.testhost.RawServer;
import dev.codesource.testhost.ServerIdentity;
import java.security.cert.X509Certificate;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocket;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CertificateTest {
  private final CertificateAuthority corporate = CertificateAuthority.root("Corporate Root");
  private final ClientUnderTest client =
      new ClientUnderTest(
          name -> List.of(address(name.equals("::1") ? "::1" : "127.0.0.1")),
          ClientUnderTest.PATIENT);

  @AfterEach
  void close() {
    client.close();
  }

  private static TrustAnchors trust(X509Certificate... certificates) {
    return TrustAnchors.of("configmap/1", List.of(certificates));
  }

  private static RawServer serving(ServerIdentity identity) {
    return RawServer.start(identity, RawServer.answering("{}"));
  }

  private static String day(java.time.Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC).toString();
  }

  @Test
  void aPrivateAuthorityThatIsTrusted() throws Exception {
    try (var server = serving(corporate.issue("host.test"))) {
      answer(client.get("https://host.test:" + server.port(), trust(corporate.certificate())));
    }
  }

  @Test
  void anUnknownAuthority() throws Exception {
    Validity validity = Validity.now();
    try (var server = serving(corporate.issue(List.of("host.test"), validity))) {
      Outcome<?> outcome = client.get("https://host.test:" + server.port());

      assertThat(waiting(outcome, Reason.UntrustedCertificate).what())
          .isEqualTo(
              ("The certificate of host.test:%d has no chain to a trusted authority (subject"
                      + " CN=host.test, issuer CN=Corporate Root, valid from %s to %s; the host"
                      + " sends no other).")
                  .formatted(server.port(), day(validity.from()), day(validity.until())));
      assertThat(((Outcome.Waiting<?>) outcome).scope()).isEqualTo(Scope.CREDENTIAL);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void privateAuthoritiesReplaceThePublicOnesAndEachOther() throws Exception {
    CertificateAuthority other = CertificateAuthority.root("Other Root");
    try (var server = serving(corporate.issue("host.test"))) {
      String url = "https://host.test:" + server.port();
      answer(client.get(url, trust(corporate.certificate())));
      waiting(client.get(url, trust(other.certificate())), Reason.UntrustedCertificate);
      waiting(client.get(url), Reason.UntrustedCertificate);
      answer(client.get(url, trust(other.certificate(), corporate.certificate())));
    }
  }

  @Test
  void aCertificateSignedByItself() throws Exception {
    ServerIdentity identity = CertificateAuthority.selfSigned("host.test");
    String fingerprint =
        HexFormat.ofDelimiter(":")
            .withUpperCase()
            .formatHex(
                java.security.MessageDigest.getInstance("SHA-256")
                    .digest(identity.certificate().getEncoded()));
    try (var server = serving(identity)) {
      String url = "https://host.test:" + server.port();
      assertThat(waiting(client.get(url), Reason.SelfSignedCertificate).what())
          .contains("subject CN=host.test, issuer CN=host.test, valid from 20")
          .contains("SHA-256 fingerprint " + fingerprint + ")");
      answer(client.get(url, trust(identity.certificate())));
    }
  }

  @Test
  void aCertificateThatIsOutOfDate() throws Exception {
    Validity past = Validity.past();
    try (var server = serving(corporate.issue(List.of("host.test"), past))) {
      assertThat(
              waiting(
                      client.get(
                          "https://host.test:" + server.port(), trust(corporate.certificate())),
                      Reason.CertificateExpired)
                  .what())
          .contains("is expired")
          .contains("to " + day(past.until()));
    }
  }

  @Test
  void aCertificateThatIsNotValidYet() throws Exception {
    Validity future = Validity.future();
    try (var server = serving(corporate.issue(List.of("host.test"), future))) {
      assertThat(
              waiting(
                      client.get(
                          "https://host.test:" + server.port(), trust(corporate.certificate())),
                      Reason.CertificateExpired)
                  .what())
          .contains("is not valid yet")
          .contains("valid from " + day(future.from()));
    }
  }

  @Test
  void anExpiredCertificateIsRefusedEvenWhenItIsTrustedItself() throws Exception {
    ServerIdentity identity =
        CertificateAuthority.selfSigned(List.of("host.test"), Validity.past());
    try (var server = serving(identity)) {
      waiting(
          client.get("https://host.test:" + server.port(), trust(identity.certificate())),
          Reason.CertificateExpired);
    }
  }

  @Test
  void aCertificateForOtherNames() throws Exception {
    try (var server =
        serving(
            corporate.issue(
                "a.test", "b.test", "*.c.test", "10.0.0.1", "e.test", "f.test", "g.test"))) {
      assertThat(
              waiting(
                      client.get(
                          "https://host.test:" + server.port(), trust(corporate.certificate())),
                      Reason.CertificateHostMismatch)
                  .what())
          .contains(
              "is for other names: a.test, b.test, *.c.test, 10.0.0.1, e.test and 2 more"
                  + " (subject CN=a.test, issuer CN=Corporate Root, valid from ");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void aTrustedLeafForOtherNames() throws Exception {
    ServerIdentity identity = CertificateAuthority.selfSigned("localhost");
    try (var server = serving(identity)) {
      waiting(
          client.get("https://host.test:" + server.port(), trust(identity.certificate())),
          Reason.CertificateHostMismatch);
    }
  }

  @Test
  void anIntermediateIsNeededAndMissed() throws Exception {
    ServerIdentity identity = corporate.intermediate("Corporate Servers").issue("host.test");
    TrustAnchors root = trust(corporate.certificate());
    try (var complete = serving(identity);
        var hasty = serving(identity.withoutIntermediates())) {
      answer(client.get("https://host.test:" + complete.port(), root));
      assertThat(
              waiting(
                      client.get("https://host.test:" + hasty.port(), root),
                      Reason.UntrustedCertificate)
                  .what())
          .contains("issuer CN=Corporate Servers")
          .contains("the host sends no other");
      answer(
          client.get(
              "https://host.test:" + hasty.port(),
              trust(corporate.certificate(), identity.chain().get(1))));
    }
  }

  @Test
  void anUnknownChainNamesItsEnd() throws Exception {
    try (var server = serving(corporate.intermediate("Corporate Servers").issue("host.test"))) {
      assertThat(
              waiting(client.get("https://host.test:" + server.port()), Reason.UntrustedCertificate)
                  .what())
          .contains("the host sends 2, the last signed by CN=Corporate Root");
    }
  }

  @Test
  void addressesInCertificates() throws Exception {
    ServerIdentity identity = corporate.issue("127.0.0.1", "::1");
    TrustAnchors root = trust(corporate.certificate());
    try (var v4 = serving(identity);
        var v6 =
            RawServer.start(
                identity.sslContext().getServerSocketFactory(),
                "::1",
                0,
                RawServer.answering("{}"));
        var named = serving(corporate.issue("localhost"))) {
      answer(client.get("https://127.0.0.1:" + v4.port(), root));
      answer(client.get("https://[::1]:" + v6.port(), root));
      waiting(
          client.get("https://127.0.0.1:" + named.port(), root), Reason.CertificateHostMismatch);
    }
  }

  @Test
  void twoHostsAtOneAddressAreVerifiedEach() throws Exception {
    try (var server = serving(corporate.issue("a.test"))) {
      TrustAnchors root = trust(corporate.certificate());
      answer(client.get("https://a.test:" + server.port(), root));
      waiting(client.get("https://b.test:" + server.port(), root), Reason.CertificateHostMismatch);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void theNameIsSentInTheHandshake() throws Exception {
    var names = new java.util.concurrent.CopyOnWriteArrayList<String>();
    ServerIdentity identity = corporate.issue("host.test");
    ServerSocketFactory sockets =
        new SniRecording(identity.sslContext().getServerSocketFactory(), names);
    try (var server = RawServer.start(sockets, "127.0.0.1", 0, RawServer.answering("{}"))) {
      answer(client.get("https://host.test:" + server.port(), trust(corporate.certificate())));
      assertThat(names).containsExactly("host.test");
    }
  }

  @Test
  void aSubjectThatWantsToDeceiveTheReader() throws Exception {
    X500Principal subject =
        new X500Principal("CN=\"trusted\u202E\u0007\r\n" + "x".repeat(1500) + "\"");
    try (var server = serving(corporate.issue(subject, List.of("host.test"), Validity.now()))) {
      assertThat(
              waiting(client.get("https://host.test:" + server.port()), Reason.UntrustedCertificate)
                  .what())
          .doesNotContain("\u202E", "\u0007", "\r", "\n")
          .hasSizeLessThan(500);
    }
  }

  @Test
  void plainHttpWhereTlsIsExpected() throws Exception {
    try (var server =
        RawServer.start(
            connection ->
                connection.write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))) {
      assertThat(
              waiting(client.get("https://host.test:" + server.port()), Reason.ConnectionFailed)
                  .what())
          .isEqualTo("host.test:" + server.port() + " does not speak TLS, which https needs.");
    }
  }

  @Test
  void tlsWherePlainHttpIsExpected() throws Exception {
    try (var server = serving(corporate.issue("host.test"))) {
      waiting(client.get("http://host.test:" + server.port()), Reason.ConnectionFailed);
    }
  }

  @Test
  void closesDuringTheHandshake() throws Exception {
    try (var server = RawServer.start(_ -> {})) {
      waiting(client.get("https://host.test:" + server.port()), Reason.ConnectionFailed);
    }
  }

  @Test
  void aHostThatWantsACertificateOfTheClient() throws Exception {
    ServerIdentity identity = corporate.issue("host.test");
    ServerSocketFactory sockets =
        new ClientCertificateDemanding(identity.sslContext().getServerSocketFactory());
    try (var server = RawServer.start(sockets, "127.0.0.1", 0, RawServer.answering("{}"))) {
      waiting(
          client.get("https://host.test:" + server.port(), trust(corporate.certificate())),
          Reason.ConnectionFailed);
    }
  }

  /** Server sockets that are changed before they are used. */
  private abstract static class Configuring extends ServerSocketFactory {
    private final ServerSocketFactory sockets;

    Configuring(ServerSocketFactory sockets) {
      this.sockets = sockets;
    }

    abstract void configure(SSLServerSocket socket);

    @Override
    public java.net.ServerSocket createServerSocket(int port) throws java.io.IOException {
      return configured(sockets.createServerSocket(port));
    }

    @Override
    public java.net.ServerSocket createServerSocket(int port, int backlog)
        throws java.io.IOException {
      return configured(sockets.createServerSocket(port, backlog));
    }

    @Override
    public java.net.ServerSocket createServerSocket(
        int port, int backlog, java.net.InetAddress address) throws java.io.IOException {
      return configured(sockets.createServerSocket(port, backlog, address));
    }

    private java.net.ServerSocket configured(java.net.ServerSocket socket) {
      configure((SSLServerSocket) socket);
      return socket;
    }
  }

  private static final class ClientCertificateDemanding extends Configuring {
    ClientCertificateDemanding(ServerSocketFactory sockets) {
      super(sockets);
    }

    @Override
    void configure(SSLServerSocket socket) {
      socket.setNeedClientAuth(true);
    }
  }

  private static final class SniRecording extends Configuring {
    private final List<String> names;

    SniRecording(ServerSocketFactory sockets, List<String> names) {
      super(sockets);
      this.names = names;
    }

    @Override
    void configure(SSLServerSocket socket) {
      var parameters = socket.getSSLParameters();
      parameters.setSNIMatchers(
          List.of(
              new javax.net.ssl.SNIMatcher(javax.net.ssl.StandardConstants.SNI_HOST_NAME) {
                @Override
                public boolean matches(javax.net.ssl.SNIServerName name) {
                  names.add(
                      new String(name.getEncoded(), java.nio.charset.StandardCharsets.US_ASCII));
                  return true;
                }
              }));
      socket.setSSLParameters(parameters);
    }
  }
}
