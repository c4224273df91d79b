package dev.codesource.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.codesource.address.Origin;
import dev.codesource.reason.Outcome;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.RawServer;
import dev.codesource.testhost.ServerIdentity;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandshakesTest {

  private static Origin origin(String url) {
    return HostRequest.get(URI.create(url), Map.of()).origin();
  }

  @Test
  void oneNamespaceHoldsHalfOfTheThreadsAtMost() throws Exception {
    var handshakes = new Handshakes();
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    Runnable slow =
        () -> {
          running.incrementAndGet();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(HostThreads.HANDSHAKES);
        var _ = handshakes.asks("team", origin("https://gitlab.example/"))) {
      for (int i = 0; i < 10; i++) {
        String host = "a" + i + ".evil.example";
        try (var _ = handshakes.asks("evil", origin("https://" + host + "/"))) {
          handshakes.inTurn(host, 443, threads).execute(slow);
        }
      }
      await().until(() -> running.get() == HostThreads.HANDSHAKES / 2);

      CountDownLatch done = new CountDownLatch(1);
      handshakes.inTurn("gitlab.example", 443, threads).execute(done::countDown);
      done.await();

      assertThat(running).hasValue(HostThreads.HANDSHAKES / 2);
      end.countDown();
      await().until(() -> running.get() == 10);
    } finally {
      end.countDown();
    }
  }

  /** Otherwise a namespace could spend the turns of another one that asks the same host. */
  @Test
  void aHandshakeCountsForTheNamespaceThatHoldsTheFewest() throws Exception {
    var handshakes = new Handshakes();
    CountDownLatch end = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(HostThreads.HANDSHAKES);
        var _ = handshakes.asks("evil", origin("https://evil.example/"))) {
      for (int i = 0; i < 10; i++) {
        handshakes
            .inTurn("evil.example", 443, threads)
            .execute(
                () -> {
                  try {
                    end.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
      }
      CountDownLatch done = new CountDownLatch(1);
      try (var _ = handshakes.asks("evil", origin("https://gitlab.example/"));
          var _ = handshakes.asks("team", origin("https://gitlab.example/"))) {
        handshakes.inTurn("gitlab.example", 443, threads).execute(done::countDown);
        done.await();
      } finally {
        end.countDown();
      }
    }
  }

  @Test
  void keysAreAgreedOnEllipticCurvesOnly() throws Exception {
    SSLEngine engine =
        new HostTls(new Handshakes())
            .sslContextFactory()
            .forClient(true)
            .create()
            .newEngine(ByteBufAllocator.DEFAULT);

    assertThat(engine.getEnabledCipherSuites())
        .isNotEmpty()
        .allMatch(suite -> !suite.contains("_DHE_") && !suite.startsWith("TLS_RSA_"))
        .contains("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assertThat(engine.getSSLParameters().getNamedGroups())
        .containsExactly("x25519", "secp256r1", "secp384r1", "secp521r1");
  }

  @Test
  void aHostThatWantsALargeGroupGetsNoConnection() throws Exception {
    CertificateAuthority corporate = CertificateAuthority.root("Corporate Root");
    TrustAnchors anchors = TrustAnchors.of("1", List.of(corporate.certificate()));
    ServerIdentity identity = corporate.issue("host.test");
    try (var client = new ClientUnderTest();
        var large = serving(identity, "ffdhe4096");
        var usual = serving(identity, "secp521r1")) {
      assertThat(client.get("https://host.test:" + large.port(), anchors))
          .isInstanceOf(Outcome.Waiting.class);
      assertThat(client.get("https://host.test:" + usual.port(), anchors))
          .isInstanceOf(Outcome.Done.class);
    }
  }

  private static RawServer serving(ServerIdentity identity, String... groups) {
    ServerSocketFactory sockets = identity.sslContext().getServerSocketFactory();
    return RawServer.start(
        new ServerSocketFactory() {
          @Override
          public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
              throws IOException {
            SSLServerSocket socket =
                (SSLServerSocket) sockets.createServerSocket(port, backlog, address);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setNamedGroups(Arrays.copyOf(groups, groups.length));
            socket.setSSLParameters(parameters);
            return socket;
          }

          @Override
          public ServerSocket createServerSocket(int port) {
            throw new UnsupportedOperationException();
          }

          @Override
          public ServerSocket createServerSocket(int port, int backlog) {
            throw new UnsupportedOperationException();
          }
        },
        "127.0.0.1",
        0,
        RawServer.answering("{}"));
  }
}
