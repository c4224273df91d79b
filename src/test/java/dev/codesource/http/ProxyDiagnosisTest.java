package dev.codesource.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.Origin;
import dev.codesource.reason.Outcome;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProxyDiagnosisTest {

  private final ProxyDiagnosis diagnosis =
      new ProxyDiagnosis(
          Proxy.parse("http://proxy.corp.example:3128", Optional.empty()),
          new Origin(Origin.Scheme.HTTPS, "gitlab.corp.example", 443));

  static Stream<Throwable> ofTheHost() {
    return Stream.of(
        new SocketException("Connection reset"),
        new IOException("Broken pipe"),
        new ClosedChannelException(),
        new IllegalStateException("anything else"),
        new IOException(new SSLHandshakeException("closed")));
  }

  /** In the tunnel the proxy only forwards: what breaks there is told as without a proxy. */
  @ParameterizedTest
  @MethodSource("ofTheHost")
  void whatBreaksInTheTunnelIsTheHosts(Throwable failure) {
    assertThat(diagnosis.<String>of(failure)).isEmpty();
  }

  static Stream<Throwable> unreachable() {
    return Stream.of(
        new ConnectException("Connection refused"),
        new ConnectTimeoutException("connection timed out"),
        new NoRouteToHostException("No route to host"),
        new UnknownHostException("proxy.corp.example"),
        new IOException(new ConnectException("Connection refused")));
  }

  @ParameterizedTest
  @MethodSource("unreachable")
  void aProxyThatAcceptsNoConnectionCannotBeReached(Throwable failure) {
    assertThat(said(failure)).isEqualTo("The proxy proxy.corp.example:3128 cannot be reached.");
  }

  static Stream<Throwable> notConnected() {
    return Stream.of(
        new ProxyConnectException("http, none, disconnected"),
        new ProxyConnectException("http", new SocketException("Connection reset")),
        new TimeoutException("2000 ms"));
  }

  @ParameterizedTest
  @MethodSource("notConnected")
  void aProxyThatDoesNotAnswerDidNotConnect(Throwable failure) {
    assertThat(said(failure))
        .isEqualTo("The proxy proxy.corp.example:3128 did not connect to gitlab.corp.example:443.");
  }

  private String said(Throwable failure) {
    return ((Outcome.Waiting<String>) diagnosis.<String>of(failure).orElseThrow()).problem().what();
  }
}
