package dev.codesource.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.RawServer;
import io.vertx.core.Context;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.TrustOptions;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HostThreadsTest {

  @Test
  void handshakesThatTakeLongDelayNoOtherHost() throws Exception {
    var verification = new Slow();
    CertificateAuthority corporate = CertificateAuthority.root("Corporate Root");
    try (var threads = new HostThreads();
        var first = RawServer.start(corporate.issue("host.test"), RawServer.answering("{}"));
        var second = RawServer.start(corporate.issue("host.test"), RawServer.answering("{}"));
        var other = RawServer.start(RawServer.answering("{}"))) {
      HttpClient client =
          threads
              .vertx()
              .createHttpClient(
                  TrustedClients.options(
                          ClientUnderTest.PATIENT,
                          ExplainingTrustManager.trusting(Optional.empty()),
                          new Handshakes())
                      .setTrustOptions(TrustOptions.wrap(verification)));
      try {
        List<CompletableFuture<Integer>> handshakes = new ArrayList<>();
        handshakes.add(status(client, first, true));
        handshakes.add(status(client, second, true));
        assertThat(verification.begun.await(20, TimeUnit.SECONDS)).as("handshakes began").isTrue();

        for (int i = 0; i < 4; i++) {
          assertThat(status(client, other, false).get(20, TimeUnit.SECONDS)).isEqualTo(200);
        }

        verification.end.countDown();
        for (CompletableFuture<Integer> handshake : handshakes) {
          assertThat(handshake.get(20, TimeUnit.SECONDS)).isEqualTo(200);
        }
        assertThat(verification.onEventLoop).isFalse();
      } finally {
        verification.end.countDown();
      }
    }
  }

  private static CompletableFuture<Integer> status(
      HttpClient client, RawServer server, boolean tls) {
    return client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost("127.0.0.1")
                .setPort(server.port())
                .setSsl(tls)
                .setURI("/"))
        .compose(HttpClientRequest::send)
        .map(response -> response.statusCode())
        .toCompletionStage()
        .toCompletableFuture();
  }

  /** Accepts each certificate, but not before the test allows it. */
  private static final class Slow extends X509ExtendedTrustManager {
    final CountDownLatch begun = new CountDownLatch(2);
    final CountDownLatch end = new CountDownLatch(1);
    final AtomicBoolean onEventLoop = new AtomicBoolean();

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      onEventLoop.compareAndSet(false, Context.isOnEventLoopThread());
      begun.countDown();
      try {
        end.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
