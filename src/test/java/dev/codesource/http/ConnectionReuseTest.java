package dev.codesource.http;

import static dev.codesource.http.ClientUnderTest.answer;
import static dev.codesource.http.ClientUnderTest.refused;
import static dev.codesource.http.ClientUnderTest.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.CertificateAuthority.Validity;
import dev.codesource.testhost.RawServer;
import dev.codesource.testhost.ServerIdentity;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConnectionReuseTest {
  private final CertificateAuthority corporate = CertificateAuthority.root("Corporate Root");
  private final TrustAnchors root = TrustAnchors.of("1", List.of(corporate.certificate()));
  private final ClientUnderTest client = new ClientUnderTest();
  private final ClientUnderTest hasty = new ClientUnderTest(ClientUnderTest.HASTY);

  @AfterEach
  void close() {
    client.close();
    hasty.close();
  }

  @Test
  void aConnectionIsKeptForTheNextRequest() throws Exception {
    try (var plain = RawServer.start(RawServer.answering("{}"));
        var tls = RawServer.start(corporate.issue("host.test"), RawServer.answering("{}"))) {
      for (int i = 0; i < 100; i++) {
        answer(client.get("http://host.test:" + plain.port()));
        answer(client.get("https://host.test:" + tls.port(), root));
      }
      // Two: the next request may come before the first connection is back in the pool.
      assertThat(plain.accepted()).isLessThanOrEqualTo(2);
      assertThat(tls.accepted()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void oneHostGetsNoMoreConnectionsThanAllowed() throws Exception {
    try (var server =
        RawServer.start(
            connection -> {
              while (connection.readRequest()) {
                Thread.sleep(50);
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              }
            })) {
      atOnce(24, () -> answer(client.get("http://host.test:" + server.port())));
      assertThat(server.requests()).hasSize(24);
      assertThat(server.accepted()).isEqualTo(ClientUnderTest.PATIENT.connectionsPerHost());
    }
  }

  @Test
  void aKeptConnectionThatTheHostHasClosedCostsNothing() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    try (var server = RawServer.start(closingAtTheSecondRequest(closed))) {
      String url = "http://host.test:" + server.port();
      int sent = 0;
      while (closed.get() == 0) {
        answer(client.get(url));
        sent++;
      }
      assertThat(server.requests()).hasSize(sent + closed.get());
    }
  }

  @Test
  void whatMustNotHappenTwiceIsNotRepeated() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    try (var server = RawServer.start(closingAtTheSecondRequest(closed))) {
      String url = "http://host.test:" + server.port();
      answer(client.get(url));
      int sent = 1;
      Outcome<HostResponse> last;
      do {
        last = client.post(url, Map.of("code", "once"));
        sent++;
      } while (closed.get() == 0);
      waiting(last, Reason.ConnectionFailed);
      assertThat(server.requests()).hasSize(sent);
    }
  }

  /**
   * Closes a kept connection when its next request is already there: no time for the client to
   * notice before. Which request that is cannot be told: one that comes before the connection is
   * back in the pool gets a new one.
   */
  private static RawServer.Conversation closingAtTheSecondRequest(AtomicInteger closed) {
    return connection -> {
      connection.readRequest();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      if (connection.readRequest()) {
        closed.incrementAndGet();
      }
    };
  }

  @Test
  void aHostThatWasLateLeavesThePoolUsable() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (var server =
        RawServer.start(
            connection -> {
              while (connection.readRequest()) {
                if (requests.incrementAndGet() <= 8) {
                  connection.awaitHangUp();
                } else {
                  connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                }
              }
            })) {
      String url = "http://host.test:" + server.port();
      // As many as the pool has connections, twice.
      atOnce(4, () -> waiting(hasty.get(url), Reason.ConnectionTimedOut));
      atOnce(4, () -> waiting(hasty.get(url), Reason.ConnectionTimedOut));
      answer(hasty.get(url));
      await().untilAsserted(() -> assertThat(server.hungUp()).isGreaterThanOrEqualTo(8));
    }
  }

  @Test
  void http2IsUsedWhereItIsOfferedAndOneConnectionCarriesAll() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    List<String> versions = new CopyOnWriteArrayList<>();
    HttpServer server =
        http2(
            connections,
            request -> {
              versions.add(request.version() + " " + request.authority());
              client.vertx().setTimer(50, _ -> request.response().end(Buffer.buffer("{}")));
            });
    String url = "https://host.test:" + server.actualPort();

    answer(client.get(url, root));
    atOnce(20, () -> answer(client.get(url, root)));

    assertThat(connections).hasValue(1);
    assertThat(versions).hasSize(21).containsOnly("HTTP_2 host.test:" + server.actualPort());
  }

  @Test
  void http2HasTheSameLimits() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    HttpServer server =
        http2(
            connections,
            request -> {
              var response = request.response();
              switch (request.uri()) {
                case "/big" -> response.end(Buffer.buffer(new byte[2 << 20]));
                case "/headers" -> response.putHeader("X-Long", "x".repeat(40_000)).end();
                case "/reset" -> response.reset(2);
                default -> response.end("{}");
              }
            });
    String url = "https://host.test:" + server.actualPort();

    refused(client.get(url + "/big", root), Reason.NotThisPlatform);
    answer(client.get(url + "/", root));
    waiting(client.get(url + "/reset", root), Reason.ConnectionFailed);
    answer(client.get(url + "/", root));
    assertThat(connections).as("one stream's end is not the connection's").hasValue(1);
    // Netty resets the stream, and Vert.x does not tell why.
    waiting(client.get(url + "/headers", root), Reason.ConnectionFailed);
    answer(client.get(url + "/", root));
  }

  @Test
  void aHostThatWasLateByHttp2GetsANewConnection() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    HttpServer server =
        http2(
            connections,
            request -> {
              if (!request.uri().equals("/late")) {
                request.response().end("{}");
              }
            });
    String url = "https://host.test:" + server.actualPort();
    answer(client.get(url + "/", root)); // slow the first time, on a busy machine

    waiting(hasty.get(url + "/late", root), Reason.ConnectionTimedOut);
    answer(hasty.get(url + "/", root));
    assertThat(connections).hasValue(3);
  }

  @Test
  void aLateHttp2AnswerDoesNotEndTheOthers() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    HttpServer server =
        http2(
            connections,
            request -> {
              if (!request.uri().equals("/late")) {
                client.vertx().setTimer(2000, _ -> request.response().end(Buffer.buffer("{}")));
              }
            });
    String url = "https://host.test:" + server.actualPort();
    answer(client.get(url + "/", root)); // slow the first time, on a busy machine
    CompletableFuture<Outcome<HostResponse>> late = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> late.complete(hasty.get(url + "/late", root)));
    Thread.sleep(3000);

    answer(hasty.get(url + "/", root));

    waiting(late.join(), Reason.ConnectionTimedOut);
    assertThat(connections).hasValue(2);
  }

  @Test
  void aClientThatIsNoLongerKeptIsClosedAfterItsLastUse() throws Exception {
    CertificateAuthority other = CertificateAuthority.root("Other Root");
    try (var clients =
        new TrustedClients(
            client.vertx(), ClientUnderTest.PATIENT, TrustBundle.NONE, 1, 64 << 10)) {
      var first = lease(clients, root);
      var sameContent = lease(clients, TrustAnchors.of("2", List.of(corporate.certificate())));
      var second = lease(clients, TrustAnchors.of("3", List.of(other.certificate())));

      assertThat(sameContent.client()).isSameAs(first.client());
      assertThat(second.client()).isNotSameAs(first.client());
      sameContent.close();
      assertOpen(first);
      first.close();
      assertThatThrownBy(() -> assertOpen(first)).hasMessageContaining("closed");
      second.close();
      assertOpen(second);
    }
  }

  @Test
  void longSetsTakeThePlaceOfSeveral() throws Exception {
    List<X509Certificate> three =
        Stream.of("A", "B", "C")
            .map(name -> CertificateAuthority.root(name).certificate())
            .toList();
    int length = TrustAnchors.of("2", three).length() + root.length();
    try (var clients =
        new TrustedClients(client.vertx(), ClientUnderTest.PATIENT, TrustBundle.NONE, 64, length)) {
      var first = lease(clients, root);
      var large = lease(clients, TrustAnchors.of("2", three));
      first.close();
      assertOpen(first);

      var pair = lease(clients, TrustAnchors.of("3", three.subList(0, 2)));

      assertThatThrownBy(() -> assertOpen(first)).hasMessageContaining("closed");
      assertOpen(large);
      large.close();
      assertThatThrownBy(() -> assertOpen(large)).hasMessageContaining("closed");
      pair.close();
      assertOpen(pair);
    }
  }

  /** Parsed they can take megabytes each. */
  @Test
  void ofLargeSetsFewAreInUseAtOnceAndOneNamespaceHasHalfOfThem() {
    try (var clients =
        new TrustedClients(
            client.vertx(), ClientUnderTest.PATIENT, TrustBundle.NONE, 64, 64 << 10)) {
      List<TrustAnchors> sets = Stream.iterate(0, i -> i + 1).limit(10).map(_ -> large()).toList();
      List<TrustedClients.Lease> leases = new ArrayList<>();
      for (TrustAnchors set : sets) {
        clients.lease("evil", Optional.of(set), Duration.ofMillis(50)).ifPresent(leases::add);
      }

      assertThat(leases).hasSize(4);
      TrustAnchors company = large();
      TrustedClients.Lease other =
          clients.lease("team", Optional.of(company), Duration.ofMillis(50)).orElseThrow();
      TrustedClients.Lease same =
          clients.lease("evil", Optional.of(company), Duration.ofMillis(50)).orElseThrow();
      assertThat(same.client()).as("one that is in use anyhow").isSameAs(other.client());

      leases.removeFirst().close();
      leases.add(
          clients.lease("evil", Optional.of(sets.getLast()), Duration.ofSeconds(20)).orElseThrow());
      leases.forEach(TrustedClients.Lease::close);
      other.close();
      same.close();
    }
  }

  private static TrustAnchors large() {
    List<String> names = Collections.nCopies(300, "large.example");
    return TrustAnchors.of(
        "1", List.of(CertificateAuthority.selfSigned(names, Validity.now()).certificate()));
  }

  private static TrustedClients.Lease lease(TrustedClients clients, TrustAnchors anchors) {
    return clients.lease("team", Optional.of(anchors), Duration.ofSeconds(20)).orElseThrow();
  }

  /** Asks for a connection to a port where none is to be had: refused, but by the network. */
  private static void assertOpen(TrustedClients.Lease lease) {
    var request = lease.client().request(io.vertx.core.http.HttpMethod.GET, 1, "127.0.0.1", "/");
    await().until(request::isComplete);
    assertThat(request.cause()).isInstanceOf(java.net.ConnectException.class);
  }

  @Test
  void closingIsNotAnOutageOfTheHost() throws Exception {
    var closing = new ClientUnderTest();
    try (var server = RawServer.start(RawServer.silent())) {
      String url = "http://host.test:" + server.port();
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  closing.get(url);
                } catch (IllegalStateException e) {
                  thrown.complete(e);
                }
              });
      await().untilAsserted(() -> assertThat(server.requests()).hasSize(1));

      closing.close();

      assertThat(thrown.get(10, TimeUnit.SECONDS)).hasMessage("The client is closed.");
      assertThatThrownBy(() -> closing.get(url)).hasMessage("The client is closed.");
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  private HttpServer http2(
      AtomicInteger connections, io.vertx.core.Handler<HttpServerRequest> handler)
      throws Exception {
    ServerIdentity identity = corporate.issue("host.test");
    return client
        .vertx()
        .createHttpServer(
            new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .setKeyValue(Buffer.buffer(identity.keyPem()))
                        .setCertValue(Buffer.buffer(identity.certificatesPem()))))
        .connectionHandler(_ -> connections.incrementAndGet())
        .requestHandler(handler)
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private static void atOnce(int times, Runnable work) throws Exception {
    try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      for (var each : IntStream.range(0, times).mapToObj(_ -> threads.submit(work)).toList()) {
        each.get();
      }
    }
  }
}
