package dev.codesource.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.VertxBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ConnectionGateTest {

  private static final int MOST = 4;
  private static final int MOST_SMALL = 10;
  private static final String REQUEST = "GET /now HTTP/1.1\r\nHost: operator\r\n\r\n";

  private final List<Socket> opened = new ArrayList<>();
  private final Queue<HttpServerRequest> late = new ConcurrentLinkedQueue<>();
  private Vertx vertx = listenWith(Duration.ofSeconds(60));
  private HttpServer server = listen();

  private static Vertx listenWith(Duration patience) {
    return new VertxBuilder()
        .serviceProviders(List.of(new BoundedServers(MOST, MOST_SMALL, patience)))
        .init()
        .vertx();
  }

  private HttpServer listen() {
    return vertx
        .createHttpServer(new HttpServerOptions().setMaxHeaderSize(8 << 10))
        .requestHandler(
            request -> {
              if (request.path().endsWith("/late") || "late=1".equals(request.query())) {
                late.add(request);
              } else {
                request.body().onSuccess(_ -> request.response().end("answered"));
              }
            })
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  @AfterEach
  void close() throws Exception {
    for (Socket each : opened) {
      each.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void restartWith(Duration patience) throws Exception {
    close();
    vertx = listenWith(patience);
    server = listen();
  }

  private Socket connect(String first) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
    opened.add(socket);
    socket.setSoTimeout(60_000);
    socket.getOutputStream().write(first.getBytes(US_ASCII));
    return socket;
  }

  private static String answer(Socket socket) throws IOException {
    byte[] read = new byte[1024];
    int length = socket.getInputStream().read(read);
    return length < 0 ? "" : new String(read, 0, length, US_ASCII);
  }

  /** Whether the other side has ended it. */
  private static boolean isEnded(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String unfinished() {
    return "GET /now HTTP/1.1\r\nHost: operator\r\n" + "a:b\r\n".repeat(1_500);
  }

  @Test
  void whoHoldsConnectionsKeepsNobodyOut() throws Exception {
    for (int i = 0; i < 10 * MOST; i++) {
      try {
        connect(unfinished());
      } catch (SocketException e) {
        // displaced
      }
    }

    assertThat(answer(connect(REQUEST))).contains(" 200 OK", "answered");

    List<Socket> left = new ArrayList<>();
    for (Socket each : opened) {
      each.setSoTimeout(200);
      if (!isEnded(each)) {
        left.add(each);
      }
    }
    assertThat(left).hasSizeLessThanOrEqualTo(MOST);
  }

  @Test
  void aRequestInProgressIsNotDisplaced() throws Exception {
    Socket visitor = connect("GET /late HTTP/1.1\r\nHost: operator\r\n\r\n");
    await().until(() -> late.size() == 1);
    for (int i = 0; i < 10 * MOST; i++) {
      try {
        connect(unfinished());
      } catch (SocketException e) {
        // displaced
      }
    }

    await()
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(answer(connect(REQUEST))).contains("answered"));
    late.remove().response().end("at last");

    assertThat(answer(visitor)).contains(" 200 OK", "at last");
  }

  @Test
  void aRequestThatTricklesIsEnded() throws Exception {
    restartWith(Duration.ofMillis(500));
    Socket slow = connect("GET /now HTTP/1.1\r\n");
    Socket slowBody = connect("POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n");

    for (Socket each : List.of(slow, slowBody)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(100))
          .until(() -> hasEndedWhileSending(each));
    }
  }

  private static boolean hasEndedWhileSending(Socket socket) {
    try {
      socket.getOutputStream().write('a');
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aConnectionServesSeveralRequests() throws Exception {
    Socket visitor = connect(REQUEST);
    assertThat(answer(visitor)).contains("answered");
    visitor
        .getOutputStream()
        .write("POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na".getBytes(US_ASCII));
    assertThat(answer(visitor)).contains("answered");
  }

  @Test
  void noHttp2IsSpoken() throws Exception {
    Socket prior = connect("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assertThat(isEnded(prior)).isTrue();

    Socket upgrade =
        connect(
            "GET /now HTTP/1.1\r\n"
                + "Host: a\r\n"
                + "Connection: Upgrade, HTTP2-Settings\r\n"
                + "Upgrade: h2c\r\n"
                + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
    assertThat(answer(upgrade)).startsWith("HTTP/1.1 200 OK").contains("answered");
  }

  private static final String DELIVERY =
      "POST /webhook/late HTTP/1.1\r\nHost: operator\r\nContent-Length: 0\r\n";

  /** One after the other, so that none is displaced before it has arrived whole. */
  private List<Socket> deliver(int count, String headers) throws IOException {
    return deliver(count, headers, "");
  }

  private List<Socket> deliver(int count, String headers, String behind) throws IOException {
    int before = late.size();
    List<Socket> deliveries = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      int sent = i;
      deliveries.add(connect(DELIVERY + headers + "\r\n" + behind));
      await().until(() -> late.size() == before + sent);
    }
    return deliveries;
  }

  /** They wait until they are noted, and take little memory meanwhile. */
  @Test
  void deliveriesThatAreInProgressAreCountedApart() throws Exception {
    List<Socket> deliveries = deliver(MOST_SMALL, "");

    for (int i = 0; i < MOST - 1; i++) {
      connect(unfinished());
    }
    assertThat(answer(connect(REQUEST))).contains(" 200 OK");
    late.forEach(request -> request.response().end("noted"));
    for (Socket each : deliveries) {
      assertThat(answer(each)).contains(" 200 OK", "noted");
    }
  }

  /** They are open for minutes, hundreds of them. */
  @Test
  void openPagesOfTheConsoleAreCountedApart() throws Exception {
    String page = "GET /ns/team/changes?late=1 HTTP/1.1\r\nHost: console\r\n";
    List<Socket> pages = new ArrayList<>();
    for (int i = 1; i <= MOST_SMALL; i++) {
      int opened = i;
      pages.add(connect(page + "\r\n"));
      await().until(() -> late.size() == opened);
    }

    for (int i = 0; i < MOST - 1; i++) {
      connect(unfinished());
    }
    assertThat(answer(connect(REQUEST))).contains(" 200 OK");
    late.forEach(request -> request.response().end("noted"));
    for (Socket each : pages) {
      assertThat(answer(each)).contains(" 200 OK", "noted");
    }
  }

  @Test
  void openPagesWithLargeHeadsCountAsOthers() throws Exception {
    for (int i = 1; i <= MOST; i++) {
      int opened = i;
      connect("GET /ns/team/changes?late=1 HTTP/1.1\r\n" + "a:b\r\n".repeat(1_000) + "\r\n");
      await().until(() -> late.size() == opened);
    }

    assertThat(isEnded(connect(REQUEST))).isTrue();
  }

  @Test
  void deliveriesBeyondTheirLimitCountAsOthers() throws Exception {
    deliver(MOST_SMALL + MOST, "");

    assertThat(isEnded(connect(REQUEST))).isTrue();
  }

  /** With many headers it takes as much memory as any other. */
  @Test
  void aLargeHeadIsNotCountedApart() throws Exception {
    deliver(MOST, "a:b\r\n".repeat(1_000));

    assertThat(isEnded(connect(REQUEST))).isTrue();
  }

  /** A proxy keeps them for the next deliveries. */
  @Test
  void connectionsOfAnsweredDeliveriesAreCountedApart() throws Exception {
    List<Socket> deliveries = answered(deliver(MOST_SMALL, ""));
    for (int i = 0; i < MOST; i++) {
      connect("GET /now");
    }
    // Whoever comes later is let in at the cost of the first of these: the limit is reached.
    await().until(() -> answersSoon(REQUEST));

    for (Socket delivery : deliveries) {
      delivery.getOutputStream().write(REQUEST.getBytes(US_ASCII));
      assertThat(answer(delivery)).contains(" 200 OK", "answered");
    }
  }

  @Test
  void aDeliveryTakesThePlaceOfTheConnectionThatHasRestedLongest() throws Exception {
    List<Socket> deliveries = answered(deliver(MOST_SMALL, ""));

    answered(deliver(1, ""));

    assertThat(isEnded(deliveries.getFirst())).isTrue();
    deliveries.get(1).getOutputStream().write(REQUEST.getBytes(US_ASCII));
    assertThat(answer(deliveries.get(1))).contains(" 200 OK", "answered");
  }

  /** An unfinished head takes memory, on whichever connection. */
  @Test
  void whoBeginsAnotherRequestAfterADeliveryCountsAsOthers() throws Exception {
    List<Socket> deliveries = answered(deliver(MOST + 1, ""));

    for (Socket delivery : deliveries) {
      delivery.getOutputStream().write("GET /now HTTP/1.1\r\n".getBytes(US_ASCII));
    }

    assertThat(isEnded(deliveries.getFirst())).isTrue();
  }

  @Test
  void whoSendsAPartOfTheNextRequestWithADeliveryCountsAsOthers() throws Exception {
    List<Socket> deliveries = new ArrayList<>();
    for (int i = 0; i < MOST + 1; i++) {
      deliveries.add(deliver(1, "", "GET /now HTTP/1.1\r\na: b").getFirst());
    }
    answered(deliveries);

    // It was let in, and one of the others ended for it.
    assertThat(answer(connect(REQUEST))).contains(" 200 OK");
    assertThat(isEnded(deliveries.getFirst())).isTrue();
  }

  /** Answers these deliveries. */
  private List<Socket> answered(List<Socket> deliveries) throws IOException {
    for (HttpServerRequest each = late.poll(); each != null; each = late.poll()) {
      each.response().end("noted");
    }
    for (Socket delivery : deliveries) {
      assertThat(answer(delivery)).contains(" 200 OK", "noted").doesNotContain("close");
    }
    return deliveries;
  }

  private boolean answersSoon(String request) throws IOException {
    return answer(connect(request)).contains(" 200 OK");
  }

  @Test
  void aConnectionWithRoomIsKeptAfterADelivery() throws Exception {
    Socket delivery = deliver(1, "").getFirst();
    late.remove().response().end("noted");
    assertThat(answer(delivery)).contains(" 200 OK").doesNotContain("close");

    delivery.getOutputStream().write(REQUEST.getBytes(US_ASCII));
    assertThat(answer(delivery)).contains(" 200 OK", "answered");
  }

  /** Their heads would take memory that nobody counts. */
  @Test
  void whoSendsMoreBehindADeliveryIsNotServed() throws Exception {
    Socket delivery = deliver(1, "").getFirst();
    delivery.getOutputStream().write(REQUEST.getBytes(US_ASCII));

    assertThat(isEnded(delivery)).isTrue();
  }
}
