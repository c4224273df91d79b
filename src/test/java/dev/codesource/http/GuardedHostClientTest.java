package dev.codesource.http;

import static dev.codesource.http.ClientUnderTest.answer;
import static dev.codesource.http.ClientUnderTest.refused;
import static dev.codesource.http.ClientUnderTest.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.codesource.http.limit.RequestInterruptedException;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.RawServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class GuardedHostClientTest {
  private final ClientUnderTest client = new ClientUnderTest();
  private final ClientUnderTest hasty = new ClientUnderTest(ClientUnderTest.HASTY);

  @AfterEach
  void close() {
    client.close();
    hasty.close();
  }

  @Test
  void sendsWhatIsAskedAndNothingElse() throws Exception {
    try (var server = RawServer.start(RawServer.answering("{\"id\":42}"))) {
      HostResponse response =
          answer(
              client.get(
                  "http://host.test:" + server.port() + "/api/v4/user?a=b%20c",
                  Map.of("PRIVATE-TOKEN", "t0ken"),
                  Optional.empty()));

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.isJson()).isTrue();
      assertThat(response.body()).isEqualTo("{\"id\":42}");
      assertThat(server.requests().getFirst().split("\r\n"))
          .containsExactlyInAnyOrder(
              "GET /api/v4/user?a=b%20c HTTP/1.1",
              "host: host.test:" + server.port(),
              "User-Agent: code-source-operator/test",
              "Accept: application/json",
              "Accept-Encoding: identity",
              "PRIVATE-TOKEN: t0ken");
    }
  }

  @Test
  void sendsAForm() throws Exception {
    CompletableFuture<String> body = new CompletableFuture<>();
    try (var server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              body.complete(connection.readBody(14));
              connection.write("HTTP/1.1 204 No Content\r\n\r\n");
            })) {
      var outcome =
          client.post(
              "http://host.test:" + server.port() + "/oauth/token", Map.of("code", "a b&c=ä"));

      assertThat(body.get(5, TimeUnit.SECONDS)).isEqualTo("code=a+b%26c%3D%C3%A4".substring(0, 14));
      assertThat(answer(outcome).status()).isEqualTo(204);
      assertThat(server.requests().getFirst())
          .containsIgnoringCase("Content-Type: application/x-www-form-urlencoded")
          .containsIgnoringCase("Content-Length: 21");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 304, 400, 401, 403, 404, 429, 500, 503, 599})
  void handsOverEveryAnswer(int status) throws Exception {
    String html = "<html>sign in</html>";
    try (var server =
        answeringOnce(
            "HTTP/1.1 %d X\r\nContent-Type: text/html\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(status, status == 304 ? 0 : html.length(), status == 304 ? "" : html))) {
      HostResponse response = answer(client.get("http://host.test:" + server.port()));

      assertThat(response.status()).isEqualTo(status);
      assertThat(response.isJson()).isFalse();
      assertThat(response.headers()).containsEntry("x-a", List.of("1", "2"));
    }
  }

  @Test
  void nothingListens() throws Exception {
    int port;
    try (var closing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closing.getLocalPort();
    }
    assertThat(waiting(client.get("http://host.test:" + port), Reason.ConnectionRefused).what())
        .isEqualTo("host.test:" + port + " refuses connections: nothing listens there.");
  }

  @Test
  void connectsToNothingThatSwallowsEverything() throws Exception {
    List<Socket> filling = new ArrayList<>();
    Limits quickToConnect =
        new Limits(
            Duration.ofSeconds(1), Duration.ofSeconds(20), 128, 8, 1024, 1, Duration.ofSeconds(1));
    try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var quick = new ClientUnderTest(quickToConnect)) {
      fill(full, filling);
      Instant start = Instant.now();

      waiting(quick.get("http://host.test:" + full.getLocalPort()), Reason.ConnectionTimedOut);

      assertThat(Duration.between(start, Instant.now()))
          .isBetween(Duration.ofMillis(900), Duration.ofSeconds(10));
    } finally {
      for (Socket each : filling) {
        each.close();
      }
    }
  }

  /** Until the kernel drops what comes next; once could be chance on a busy machine. */
  private static void fill(ServerSocket listening, List<Socket> filling) throws IOException {
    int dropped = 0;
    while (dropped < 2) {
      Socket socket = new Socket();
      filling.add(socket);
      assertThat(filling).as("the kernel's queue has an end").hasSizeLessThan(20);
      try {
        socket.connect(
            new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort()), 500);
        dropped = 0;
      } catch (SocketTimeoutException e) {
        dropped++;
      }
    }
  }

  @Test
  void waitsNoLongerThanAllowedAndHangsUp() throws Exception {
    try (var server = RawServer.start(RawServer.silent())) {
      Instant start = Instant.now();

      assertThat(
              waiting(hasty.get("http://host.test:" + server.port()), Reason.ConnectionTimedOut)
                  .what())
          .isEqualTo("host.test:" + server.port() + " did not answer completely in time.");

      assertThat(Duration.between(start, Instant.now()))
          .isBetween(Duration.ofMillis(3900), Duration.ofSeconds(10));
      await().untilAsserted(() -> assertThat(server.hungUp()).isEqualTo(1));
    }
  }

  @Test
  void aDripDoesNotProlongTheWait() throws Exception {
    try (var server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
              for (int i = 0; i < 100; i++) {
                connection.write("x");
                Thread.sleep(100);
              }
            })) {
      waiting(hasty.get("http://host.test:" + server.port()), Reason.ConnectionTimedOut);
      await().untilAsserted(() -> assertThat(server.hungUp()).isEqualTo(1));
    }
  }

  @Test
  void aDripOfHeadersDoesNotProlongTheWait() throws Exception {
    try (var server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write("HTTP/1.1 200 OK\r\nX-Slow: ");
              for (int i = 0; i < 100; i++) {
                connection.write("x");
                Thread.sleep(100);
              }
            })) {
      waiting(hasty.get("http://host.test:" + server.port()), Reason.ConnectionTimedOut);
      await().untilAsserted(() -> assertThat(server.hungUp()).isEqualTo(1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 1073741824", "Transfer-Encoding: chunked", "X-Until: end"})
  void aBodyOfAGigabyteIsLeftUnread(String framing) throws Exception {
    AtomicLong sent = new AtomicLong();
    boolean chunked = framing.contains("chunked");
    byte[] chunk = "x".repeat(1 << 16).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    try (var server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
              while (sent.addAndGet(chunk.length) < 1L << 30) {
                connection.write(chunked ? "10000\r\n" : "");
                connection.write(chunk);
                connection.write(chunked ? "\r\n" : "");
              }
            })) {
      assertThat(
              refused(client.get("http://host.test:" + server.port()), Reason.NotThisPlatform)
                  .what())
          .contains("64 KiB");
      await().untilAsserted(() -> assertThat(server.hungUp()).isEqualTo(1));
      assertThat(sent.get()).isLessThan(64L << 20);
    }
  }

  @Test
  void aBodyOfExactlyTheCapIsRead() throws Exception {
    String body = "x".repeat(HostRequest.SMALL_BODY);
    try (var server = RawServer.start(RawServer.answering(body))) {
      assertThat(answer(client.get("http://host.test:" + server.port())).body()).isEqualTo(body);
    }
  }

  @Test
  void aListMayBeLonger() throws Exception {
    String body = "x".repeat(HostRequest.LARGE_BODY);
    try (var server = RawServer.start(RawServer.answering(body))) {
      URI uri = URI.create("http://host.test:" + server.port());
      assertThat(answer(client.send("team", HostRequest.get(uri, Map.of()).forList())).body())
          .isEqualTo(body);
      refused(client.get(uri.toString()), Reason.NotThisPlatform);
    }
  }

  /** However many hosts there are: every limit of a host is one of that host alone. */
  @Test
  void allHostsTogetherGetNoMoreThanTheRequestsAtOnceAndTenantsShareThem() throws Exception {
    AtomicInteger connected = new AtomicInteger();
    CountDownLatch end = new CountDownLatch(1);
    Limits small =
        new Limits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            3,
            1,
            8 << 10,
            1,
            Duration.ofSeconds(5));
    List<RawServer> servers = new ArrayList<>();
    try (var few = new ClientUnderTest(small);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> flood = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        RawServer server =
            RawServer.start(
                connection -> {
                  connection.readRequest();
                  connected.incrementAndGet();
                  end.await();
                });
        servers.add(server);
        URI uri = URI.create("http://host.test:" + server.port());
        String tenant = "tenant" + i % 3;
        flood.add(threads.submit(() -> few.send(tenant, HostRequest.get(uri, Map.of()))));
      }
      await().untilAsserted(() -> assertThat(connected).hasValue(3));
      Thread.sleep(200);
      assertThat(connected).hasValue(3);
      end.countDown();
      for (var each : flood) {
        each.get();
      }
      assertThat(connected.get()).isGreaterThanOrEqualTo(10);
    } finally {
      end.countDown();
      for (RawServer server : servers) {
        server.close();
      }
    }
  }

  /** Whoever waits holds a permit of a host, which others wait for. */
  @Test
  void whoFindsNoPlaceIsTurnedAwayLongBeforeTheRequestsOfOthersTimeOut() throws Exception {
    Limits one =
        new Limits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            1,
            1,
            8 << 10,
            1,
            Duration.ofSeconds(5));
    try (var few = new ClientUnderTest(one);
        RawServer silent = RawServer.start(RawServer.silent());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      URI uri = URI.create("http://host.test:" + silent.port());
      Future<?> held = threads.submit(() -> few.send("flood", HostRequest.get(uri, Map.of())));
      await().until(() -> silent.accepted() == 1);
      long begun = System.nanoTime();
      Outcome<HostResponse> second = few.send("flood", HostRequest.get(uri, Map.of()));

      ClientUnderTest.waiting(second, Reason.Queued);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(12));
      silent.dropConnections();
      held.get();
    }
  }

  @Test
  void aHeaderThatEndsTheConnectionOfOthersIsNotSent() {
    assertThatThrownBy(
            () ->
                client.get(
                    "http://host.test:1", Map.of("Authorization", "Basic " + "x".repeat(1 << 20))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void headersWithoutEnd() throws Exception {
    try (var server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write("HTTP/1.1 200 OK\r\n");
              for (long i = 0; i < 1 << 20; i++) {
                connection.write("X-" + i + ": y\r\n");
              }
            })) {
      assertThat(
              refused(client.get("http://host.test:" + server.port()), Reason.NotThisPlatform)
                  .what())
          .contains("8 KiB");
      await().untilAsserted(() -> assertThat(server.hungUp()).isEqualTo(1));
    }
  }

  @Test
  void compressionIsNotUndone() throws Exception {
    try (var server =
        answeringOnce(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\037\213\b")) {
      refused(client.get("http://host.test:" + server.port()), Reason.NotThisPlatform);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "220 mail.example ESMTP\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a number\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "\000\001\002\003\r\n\r\n",
      })
  void whatIsNotHttpOrEndsEarly(String said) throws Exception {
    try (var server = answeringOnce(said)) {
      waiting(client.get("http://host.test:" + server.port()), Reason.ConnectionFailed);
    }
  }

  @Test
  void closesBeforeTheRequest() throws Exception {
    try (var server = RawServer.start(_ -> {})) {
      waiting(client.get("http://host.test:" + server.port()), Reason.ConnectionFailed);
    }
  }

  @Test
  void aNameWithoutAddress() throws Exception {
    try (var lost =
        new ClientUnderTest(
            name -> {
              throw new UnknownHostException(name);
            },
            ClientUnderTest.HASTY)) {
      assertThat(waiting(lost.get("https://gitlab.exmaple.com/"), Reason.HostNotFound).what())
          .isEqualTo("The name gitlab.exmaple.com has no address in DNS.");
    }
  }

  @Test
  void slowDnsDoesNotHoldTheCaller() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (var slow =
        new ClientUnderTest(
            _ -> {
              awaitUninterruptibly(never);
              return List.of();
            },
            ClientUnderTest.HASTY)) {
      assertThat(waiting(slow.get("http://host.test/"), Reason.ConnectionTimedOut).what())
          .contains("DNS");
    } finally {
      never.countDown();
    }
  }

  /** As a resolver in native code does. */
  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anInterruptGivesUpTheRequest() throws Exception {
    try (var server = RawServer.start(RawServer.silent())) {
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      Thread asking =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      client.get("http://host.test:" + server.port());
                    } catch (RequestInterruptedException e) {
                      flag.complete(Thread.currentThread().isInterrupted());
                      thrown.complete(e);
                    }
                  });
      await().untilAsserted(() -> assertThat(server.requests()).hasSize(1));

      asking.interrupt();

      assertThat(thrown.get(1, TimeUnit.SECONDS)).isInstanceOf(RequestInterruptedException.class);
      assertThat(flag.get()).isTrue();
      await().untilAsserted(() -> assertThat(server.hungUp()).isEqualTo(1));
    }
  }

  @Test
  void aHeaderThatCannotBeSentIsNotTold() {
    assertThatThrownBy(
            () ->
                client.get(
                    "http://host.test/",
                    Map.of("Authorization", "Bearer s3cret\r\nX-Evil: 1"),
                    Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Authorization")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void refusesToBlockAnEventLoop() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    client
        .vertx()
        .runOnContext(
            _ -> {
              try {
                client.get("http://host.test/");
              } catch (IllegalStateException e) {
                thrown.complete(e);
              }
            });
    assertThat(thrown.get(5, TimeUnit.SECONDS)).hasMessageContaining("event loop");
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 307, 308})
  void aRedirectIsToldWithoutSecretsAndNotFollowed(int status) throws Exception {
    try (var server =
        answeringOnce(
            "HTTP/1.1 "
                + status
                + " Moved\r\nLocation: https://user:pa55@sso.example:8443/log/in?code=s3cret#tok\r\n"
                + "Content-Length: 0\r\n\r\n")) {
      Outcome<HostResponse> outcome = client.get("http://host.test:" + server.port() + "/x?y=z");

      assertThat(refused(outcome, Reason.Redirected).what())
          .isEqualTo(
              "http://host.test:%d redirects to https://sso.example:8443/log/in."
                  .formatted(server.port()));
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @Test
  void odditiesOfRedirects() throws Exception {
    assertThat(redirectTo("/users/sign_in"))
        .endsWith("/users/sign_in.")
        .contains("http://host.test");
    assertThat(redirectTo("//other.example/a")).endsWith(" http://other.example/a.");
    assertThat(redirectTo("http://[bad")).endsWith(" another address.");
    assertThat(redirectTo("mailto:a@b.example")).endsWith(" another address.");
    assertThat(redirectTo("https://e.example/" + "a".repeat(5000))).hasSizeLessThan(300);
    assertThat(redirectTo("https://e.example/\u00e2\u0080\u00aegnp")).doesNotContain("\u202e");
  }

  private String redirectTo(String location) throws Exception {
    try (var server =
        answeringOnce(
            "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n")) {
      return refused(client.get("http://host.test:" + server.port()), Reason.Redirected).what();
    }
  }

  @Test
  void aRedirectWithABodyWithoutEndIsStillARedirect() throws Exception {
    try (var server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write(
                  "HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 100000\r\n\r\n");
              connection.awaitHangUp();
            })) {
      refused(client.get("http://host.test:" + server.port()), Reason.Redirected);
      await().untilAsserted(() -> assertThat(server.hungUp()).isEqualTo(1));
    }
  }

  private static RawServer answeringOnce(String said) {
    return RawServer.start(
        connection -> {
          connection.readRequest();
          connection.write(said);
        });
  }
}
