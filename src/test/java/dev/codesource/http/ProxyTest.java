package dev.codesource.http;

import static dev.codesource.http.ClientUnderTest.answer;
import static dev.codesource.http.ClientUnderTest.refused;
import static dev.codesource.http.ClientUnderTest.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.address.HostPolicy;
import dev.codesource.address.NoProxy;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Scope;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.LoopbackProxy;
import dev.codesource.testhost.RawServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProxyTest {

  private static final String NAME = "gitlab.corp.example";

  private final LoopbackProxy proxy = LoopbackProxy.start();
  private final CertificateAuthority corporate = CertificateAuthority.root("Corporate Root");
  private ClientUnderTest client = through(proxy.url(), Optional.empty());

  @AfterEach
  void close() throws IOException {
    client.close();
    proxy.close();
  }

  /** No name has an address here: only the proxy knows them. */
  private static ClientUnderTest through(
      String url, Optional<Proxy.Login> login, String... direct) {
    Proxy proxy = Proxy.parse(url, login);
    HostPolicy hosts =
        HostPolicy.parse(List.of(), List.of("*.evil.example"), List.of(), List.of("10.0.0.0/8"));
    return new ClientUnderTest(
        new Proxies(
            Optional.of(proxy),
            Optional.of(proxy),
            NoProxy.parse(List.of(direct)),
            hosts::checkUnresolved),
        name -> {
          if (name.equals("127.0.0.1")) {
            return List.of(InetAddress.ofLiteral(name));
          }
          throw new UnknownHostException(name);
        },
        ClientUnderTest.PATIENT);
  }

  private void reopen(String url, Optional<Proxy.Login> login, String... direct) {
    client.close();
    client = through(url, login, direct);
  }

  @Test
  void httpsGoesThroughATunnelInWhichTheProxySeesNothing() throws IOException {
    try (RawServer host =
        RawServer.start(corporate.issue(NAME), RawServer.answering("{\"a\":1}"))) {
      String url = "https://" + NAME + ":" + host.port() + "/api/v4/user?a=b";
      TrustAnchors anchors = TrustAnchors.of("1", List.of(corporate.certificate()));

      Outcome<HostResponse> outcome =
          client.get(url, Map.of("PRIVATE-TOKEN", "glpat-secret"), Optional.of(anchors));

      assertThat(answer(outcome).body()).isEqualTo("{\"a\":1}");
      assertThat(proxy.heads())
          .singleElement()
          .asString()
          .startsWith("CONNECT " + NAME + ":" + host.port() + " ")
          .doesNotContain("glpat-secret", "api/v4");
      assertThat(host.requests()).singleElement().asString().startsWith("GET /api/v4/user?a=b ");
    }
  }

  @Test
  void theCertificateInTheTunnelMustBeTheCodeHosts() throws IOException {
    TrustAnchors anchors = TrustAnchors.of("1", List.of(corporate.certificate()));
    try (RawServer other =
        RawServer.start(corporate.issue("other.corp.example"), RawServer.answering("{}"))) {
      String url = "https://" + NAME + ":" + other.port();

      Problem mismatch = waiting(client.get(url, anchors), Reason.CertificateHostMismatch);
      waiting(client.get(url), Reason.UntrustedCertificate);

      assertThat(mismatch.what()).contains(NAME + ":" + other.port(), "other.corp.example");
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void httpIsAskedForInAbsoluteForm() throws IOException {
    try (RawServer host = RawServer.start(RawServer.answering("{}"))) {
      String url = "http://" + NAME + ":" + host.port() + "/api/v4/user";

      answer(client.get(url));

      assertThat(proxy.heads())
          .singleElement()
          .asString()
          .startsWith("GET " + url + " ")
          .containsIgnoringCase("\r\nHost: " + NAME + ":" + host.port() + "\r\n");
    }
  }

  @Test
  void credentialsAreToldToTheProxyAndToNobodyElse() throws IOException {
    proxy.wanting("operator:proxy-pass");
    reopen(proxy.url(), Optional.of(new Proxy.Login("operator", "proxy-pass")));
    try (RawServer host = RawServer.start(corporate.issue(NAME), RawServer.answering("{}"));
        RawServer plain = RawServer.start(RawServer.answering("{}"))) {
      TrustAnchors anchors = TrustAnchors.of("1", List.of(corporate.certificate()));

      answer(client.get("https://" + NAME + ":" + host.port(), anchors));
      answer(client.get("http://" + NAME + ":" + plain.port()));

      assertThat(host.requests()).noneMatch(head -> head.contains("uthorization"));
    }
  }

  @Test
  void whoLacksCredentialsForTheProxyIsToldSo() {
    proxy.wanting("operator:proxy-pass");
    reopen(proxy.url(), Optional.of(new Proxy.Login("operator", "wrong-pass")));

    for (String scheme : List.of("http", "https")) {
      Problem problem = byProxy(client.get(scheme + "://" + NAME + ":8443"));

      assertThat(problem.what())
          .isEqualTo(
              "The proxy 127.0.0.1:%d does not accept the operator's credentials (407)."
                  .formatted(proxy.port()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "403 Filtered <b>x</b>, does not allow connections to gitlab.corp.example:8443 (403).",
    "502 Bad Gateway, does not connect to gitlab.corp.example:8443 (502).",
    "503 Service Unavailable, does not connect to gitlab.corp.example:8443 (503)."
  })
  void aProxyThatRefusesIsNotTakenForTheCodeHost(String status, String said) {
    proxy.refusing(status);

    assertThat(byProxy(client.get("https://" + NAME + ":8443")).what())
        .isEqualTo("The proxy 127.0.0.1:%d %s".formatted(proxy.port(), said));
  }

  /** As tinyproxy answers. A 401 would else withdraw what is proven. */
  @ParameterizedTest
  @ValueSource(strings = {"401 Unauthorized", "403 Filtered", "500 Unable to connect"})
  void anAnswerOfTheProxyInThePlaceOfAHostWithHttpIsNotTakenForTheHosts(String status) {
    proxy.refusing(status);

    assertThat(byProxy(client.get("http://" + NAME + ":8080")).what())
        .startsWith("The proxy 127.0.0.1:" + proxy.port())
        .contains("(" + status.substring(0, 3) + ")");
  }

  @Test
  void aProxyThatIsAwayIsNotTakenForTheCodeHost() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    reopen("http://127.0.0.1:" + port, Optional.empty());

    assertThat(byProxy(client.get("https://" + NAME)).what())
        .isEqualTo("The proxy 127.0.0.1:%d cannot be reached.".formatted(port));
    assertThat(byProxy(client.get("http://" + NAME)).what())
        .isEqualTo("The proxy 127.0.0.1:%d cannot be reached.".formatted(port));

    reopen("http://proxy.corp.example:3128", Optional.empty());
    assertThat(byProxy(client.get("https://" + NAME)).what())
        .isEqualTo("The proxy proxy.corp.example:3128 cannot be reached.");
  }

  /** The circuit breaker of the host stays closed: others reach it, and so does the next one. */
  private static Problem byProxy(Outcome<HostResponse> outcome) {
    Problem problem = waiting(outcome, Reason.ProxyRefused);
    assertThat(((Outcome.Waiting<?>) outcome).scope()).isEqualTo(Scope.CREDENTIAL);
    return problem;
  }

  @Test
  void aRefusalOfTheCodeHostItselfIsNotTheProxys() throws IOException {
    try (RawServer host =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write(
                  "HTTP/1.1 503 Unavailable\r\n"
                      + "Content-Type: application/json\r\n"
                      + "Content-Length: 2\r\n\r\n"
                      + "{}");
            })) {
      assertThat(answer(client.get("http://" + NAME + ":" + host.port())).status()).isEqualTo(503);
    }
  }

  /** Without Via, as some proxies forward: else a revoked token would stay proven for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"401 Unauthorized", "403 Forbidden"})
  void aRejectionOfTheCodeHostItselfIsNotTheProxysEvenIfItIsAPage(String status)
      throws IOException {
    try (RawServer host =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write(
                  "HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nNo"
                      .formatted(status));
            })) {
      assertThat(answer(client.get("http://" + NAME + ":" + host.port())).status())
          .isEqualTo(Integer.parseInt(status.substring(0, 3)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://git.evil.example",
        "https://169.254.169.254",
        "https://10.1.2.3",
        "http://metadata.google.internal",
        "https://[fd00:ec2::254]"
      })
  void whatIsDeniedByNameOrAddressIsNotAskedOfTheProxy(String url) {
    refused(client.get(url), Reason.HostNotAllowed);

    assertThat(proxy.heads()).isEmpty();
  }

  @Test
  void whatIsExemptAndLoopbackAreReachedWithoutTheProxyAndCheckedAsEver() {
    reopen(proxy.url(), Optional.empty(), ".corp.example");
    client.forbid("127.0.0.1");

    waiting(client.get("https://" + NAME), Reason.HostNotFound);
    refused(client.get("http://127.0.0.1:8080"), Reason.HostNotAllowed);

    assertThat(proxy.heads()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://proxy.example:3128",
        "http://user:pass-word@proxy.example:3128",
        "proxy.example:3128",
        "http://proxy.example:3128/path",
        "socks5://proxy.example:1080"
      })
  void aProxyInAnotherFormIsRefusedWithoutRepeatingIt(String url) {
    assertThatThrownBy(() -> Proxy.parse(url, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("http://proxy.example.com:3128")
        .hasMessageNotContaining("pass-word");
    assertThat(new Proxy.Login("user", "pass-word").toString()).doesNotContain("pass-word");
  }
}
