package dev.codesource.web.webhook;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.codehost.WebhookSecret;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.webhook.InMemoryWebhooks;
import dev.codesource.webhook.KnownWebhooks.Known;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class DeliveryEndpointTest {

  private static final int MOST_WAITING = 8;
  private static final byte[] BODY = "{\"ref\":\"refs/heads/maïn\"}".getBytes(UTF_8);
  private static final CodeHosts HOSTS = SupportedCodeHosts.all(Clock.systemUTC());

  private final InMemoryWebhooks webhooks = new InMemoryWebhooks();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Socket> opened = new ArrayList<>();

  /** What was noted, as it is answered when nobody waits. */
  private final Queue<String> noted = new ConcurrentLinkedQueue<>();

  private final Queue<CompletableFuture<Boolean>> late = new ConcurrentLinkedQueue<>();
  private volatile boolean isLate;

  private final Known gitHub = webhooks.add(InMemoryWebhooks.webhook("team-a", Platform.GitHub));
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server = listen();

  private HttpServer listen() {
    DeliveryEndpoint endpoint =
        new DeliveryEndpoint(webhooks, HOSTS, this::note, registry, MOST_WAITING);
    return vertx
        .createHttpServer(new HttpServerOptions().setMaxHeaderSize(8 << 10))
        // As Quarkus has it: what comes before a handler is set is not lost.
        .requestHandler(
            request -> {
              request.pause();
              endpoint.handle(request);
            })
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private CompletableFuture<Boolean> note(String uid) {
    noted.add(uid);
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    if (isLate) {
      late.add(result);
    } else {
      result.complete(true);
    }
    return result;
  }

  @AfterEach
  void close() throws Exception {
    for (Socket each : opened) {
      each.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  // How the tests ask.

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
    socket.setSoTimeout(60_000);
    opened.add(socket);
    return socket;
  }

  /** The answer, all of it. */
  private String send(String path, Map<String, String> headers, byte[] body) throws IOException {
    return RawDelivery.send(connect(), path, headers, body);
  }

  private Socket begin(Known known) throws IOException {
    Socket socket = connect();
    RawDelivery.write(socket, known.webhook().path(), signed(known, BODY), BODY);
    return socket;
  }

  private static Map<String, String> signed(Known known, byte[] body) {
    return Signing.headers(known.webhook().platform(), known.webhook().secret(), body);
  }

  private String deliver(Known known, byte[] body) throws IOException {
    return send(known.webhook().path(), signed(known, body), body);
  }

  private double count(String platform, String result) {
    return registry
        .counter("codesource.webhook.deliveries", "platform", platform, "result", result)
        .count();
  }

  // What is accepted.

  @ParameterizedTest
  @EnumSource
  void aProvenDeliveryIsNotedAndAccepted(Platform platform) throws IOException {
    Known known = webhooks.add(InMemoryWebhooks.webhook("team-a", platform));

    assertThat(deliver(known, BODY)).startsWith("HTTP/1.1 202 ");

    assertThat(noted).containsExactly(known.uid());
    assertThat(count(platform.name(), "accepted")).isEqualTo(1);
  }

  @TestFactory
  Stream<DynamicTest> everyRecordedDeliveryIsAccepted() {
    return RecordedDelivery.all().stream()
        .map(
            recorded ->
                dynamicTest(
                    recorded.name(),
                    () -> {
                      Known known =
                          webhooks.add(InMemoryWebhooks.webhook("team-a", recorded.platform()));
                      assertThat(
                              send(
                                  known.webhook().path(),
                                  recorded.signedWith(known.webhook().secret()),
                                  recorded.body()))
                          .startsWith("HTTP/1.1 202 ");
                    }));
  }

  /** Older versions of GitLab send the secret itself. */
  @Test
  void theTokenOfAnOlderGitLabIsAProof() throws IOException {
    Known known = webhooks.add(InMemoryWebhooks.webhook("team-a", Platform.GitLab));
    String token = known.webhook().secret().text();

    assertThat(send(known.webhook().path(), Map.of("X-Gitlab-Token", token), BODY))
        .startsWith("HTTP/1.1 202 ");
  }

  @Test
  void whileTheSecretIsChangedBothAreGood() throws IOException {
    WebhookSecret before = InMemoryWebhooks.secret();
    WebhookSecret next = InMemoryWebhooks.secret();
    Known known = webhooks.add(InMemoryWebhooks.webhook("a", Platform.Gitea, before, next));

    for (WebhookSecret each : List.of(before, next)) {
      assertThat(send(known.webhook().path(), Signing.headers(Platform.Gitea, each, BODY), BODY))
          .startsWith("HTTP/1.1 202 ");
    }
    assertThat(noted).hasSize(2);
  }

  @Test
  void theBodyIsNeverParsed() throws IOException {
    byte[] random = new byte[100_000];
    new Random(5).nextBytes(random);
    byte[] deep = "[".repeat(1_000_000).getBytes(UTF_8);
    for (byte[] body : List.of(new byte[0], random, deep, "{\"ref\":".getBytes(UTF_8))) {
      assertThat(deliver(gitHub, body)).startsWith("HTTP/1.1 202 ");
    }
  }

  @Test
  void itIsAnsweredWhenItIsNotedAndNotBefore() throws Exception {
    isLate = true;
    Socket socket = begin(gitHub);
    await().until(() -> late.size() == 1);
    Thread.sleep(200);
    assertThat(socket.getInputStream().available()).isZero();

    late.remove().complete(true);

    assertThat(RawDelivery.answer(socket)).startsWith("HTTP/1.1 202 ");
  }

  @Test
  void whatTheApiServerDoesNotTakeIsNotAccepted() throws Exception {
    isLate = true;
    for (boolean fails : List.of(false, true)) {
      Socket socket = begin(gitHub);
      await().until(() -> late.size() == 1);
      if (fails) {
        late.remove().completeExceptionally(new IllegalStateException());
      } else {
        late.remove().complete(false);
      }
      assertThat(RawDelivery.answer(socket)).startsWith("HTTP/1.1 503 ");
    }
    assertThat(count("GitHub", "not_noted")).isEqualTo(2);
  }

  /** Else the code host would take the webhook for gone. */
  @Test
  void beforeTheWebhooksAreKnownNobodyIsToldThatThereIsNone() throws IOException {
    webhooks.loseSight();
    assertThat(deliver(gitHub, BODY)).startsWith("HTTP/1.1 503 ");
    assertThat(send("unknown", Map.of(), BODY)).startsWith("HTTP/1.1 503 ");
  }

  // What is not.

  /** All that a stranger may try, each with what it is sent to. */
  private Map<String, Map<String, String>> attempts(Known known) {
    Map<String, String> genuine = signed(known, BODY);
    Map<String, Map<String, String>> attempts = new HashMap<>();
    attempts.put("no proof", Map.of());
    attempts.put("an empty proof", changed(genuine, _ -> ""));
    attempts.put("a wrong proof", changed(genuine, DeliveryEndpointTest::flipped));
    attempts.put("half a proof", changed(genuine, text -> text.substring(text.length() / 2)));
    attempts.put("a proof that is sent twice", changed(genuine, text -> text + ", " + text));
    attempts.put("the proof of another", signed(stranger(known), BODY));
    if (known.webhook().platform() != Platform.Gitee) { // signs no body
      attempts.put("the proof of another body", signed(known, "other".getBytes(UTF_8)));
    }
    return attempts;
  }

  private static Known stranger(Known known) {
    return InMemoryWebhooks.webhook("team-b", known.webhook().platform());
  }

  private static Map<String, String> changed(
      Map<String, String> headers, UnaryOperator<String> change) {
    Map<String, String> changed = new HashMap<>(headers);
    changed.replaceAll((_, value) -> change.apply(value));
    return changed;
  }

  private static String flipped(String text) {
    char last = text.charAt(text.length() - 1) == '1' ? '2' : '1';
    return text.substring(0, text.length() - 1) + last;
  }

  @ParameterizedTest
  @EnumSource
  void whateverIsWrongIsAnsweredLikeAnUnknownPath(Platform platform) throws IOException {
    Known known = webhooks.add(InMemoryWebhooks.webhook("team-a", platform));
    String unknown = send("unknown", signed(known, BODY), BODY);
    assertThat(unknown).startsWith("HTTP/1.1 404 ");

    for (Map.Entry<String, Map<String, String>> each : attempts(known).entrySet()) {
      assertThat(send(known.webhook().path(), each.getValue(), BODY))
          .as("%s, %s", platform, each.getKey())
          .isEqualTo(unknown);
      assertThat(send("unknown", each.getValue(), BODY)).as(each.getKey()).isEqualTo(unknown);
    }
    assertThat(noted).isEmpty();
    assertThat(count(platform.name(), "unproven")).isEqualTo(attempts(known).size());
    assertThat(count("none", "unknown")).isEqualTo(attempts(known).size() + 1);
  }

  static Stream<String> paths() {
    return Stream.of(
        "",
        "/",
        "a/b",
        "../webhook/x",
        "%2e%2e",
        "%00",
        "a?secret=b",
        "x".repeat(3_000),
        "é",
        "a%ZZ",
        ";a=b");
  }

  @ParameterizedTest
  @MethodSource("paths")
  void anyPathIsAnUnknownOne(String path) throws IOException {
    assertThat(send(path, signed(gitHub, BODY), BODY)).startsWith("HTTP/1.1 404 ");
  }

  @Test
  void thePathAloneOpensNothingWithAnythingBehindIt() throws IOException {
    String path = gitHub.webhook().path();
    for (String other : List.of(path + "/", path + "x", path.substring(1), path.toUpperCase())) {
      assertThat(send(other, signed(gitHub, BODY), BODY)).startsWith("HTTP/1.1 404 ");
    }
  }

  @Test
  void aHeaderThatIsSentTwiceIsNoProof() throws IOException {
    String header = "X-Hub-Signature-256: " + signed(gitHub, BODY).get("X-Hub-Signature-256");
    Socket socket = connect();
    String head = RawDelivery.head(gitHub.webhook().path(), Map.of(), BODY.length);
    socket
        .getOutputStream()
        .write(head.replace("Host: h\r\n", "Host: h\r\n" + (header + "\r\n").repeat(2)).getBytes());
    socket.getOutputStream().write(BODY);

    assertThat(RawDelivery.answer(socket)).startsWith("HTTP/1.1 404 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"})
  void anotherMethodIsRefusedForEveryPath(String method) throws IOException {
    for (String path : List.of(gitHub.webhook().path(), "unknown")) {
      Socket socket = connect();
      String request = method + " /webhook/" + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      assertThat(RawDelivery.answer(socket))
          .startsWith("HTTP/1.1 405 ")
          .containsIgnoringCase("allow: POST");
    }
  }

  @Test
  void aFloodOfHeadersIsRefused() throws IOException {
    Map<String, String> headers = new HashMap<>(signed(gitHub, BODY));
    for (int i = 0; i < 70; i++) {
      headers.put("a" + i, "b");
    }
    assertThat(send(gitHub.webhook().path(), headers, BODY)).startsWith("HTTP/1.1 431 ");
    String one = "a: b\r\n";
    Socket socket = connect();
    String head = RawDelivery.head(gitHub.webhook().path(), signed(gitHub, BODY), 0);
    socket
        .getOutputStream()
        .write(head.replace("Host: h\r\n", "Host: h\r\n" + one.repeat(70)).getBytes(UTF_8));
    assertThat(RawDelivery.answer(socket)).startsWith("HTTP/1.1 431 ");
  }

  @Test
  void aBodyThatIsAnnouncedTooLongIsNotRead() throws IOException {
    Socket socket = connect();
    socket
        .getOutputStream()
        .write(
            RawDelivery.head(gitHub.webhook().path(), Map.of(), DeliveryEndpoint.LONGEST_BODY + 1)
                .getBytes(UTF_8));
    assertThat(RawDelivery.answer(socket)).startsWith("HTTP/1.1 413 ").contains("close");
    assertThat(socket.getInputStream().read()).isNegative();
  }

  @Test
  void theLongestBodyIsTaken() throws IOException {
    byte[] body = new byte[(int) DeliveryEndpoint.LONGEST_BODY];
    assertThat(deliver(gitHub, body)).startsWith("HTTP/1.1 202 ");
  }

  /** In pieces, so that no length is announced. */
  @Test
  void aBodyThatTurnsOutTooLongIsRefused() throws IOException {
    Socket socket = connect();
    String head =
        RawDelivery.head(gitHub.webhook().path(), Map.of(), 0)
            .replace("Content-Length: 0", "Transfer-Encoding: chunked");
    OutputStream out = socket.getOutputStream();
    out.write(head.getBytes(UTF_8));
    byte[] piece = new byte[1 << 20];
    try {
      for (int i = 0; i <= 26; i++) {
        out.write("100000\r\n".getBytes(US_ASCII));
        out.write(piece);
        out.write("\r\n".getBytes(US_ASCII));
      }
      out.write("0\r\n\r\n".getBytes(US_ASCII));
      assertThat(RawDelivery.answer(socket)).startsWith("HTTP/1.1 413 ");
    } catch (SocketException e) {
      // It is closed already, which is as good.
    }
    await().until(() -> count("none", "malformed") == 1);
    assertThat(noted).isEmpty();
  }

  @Test
  void aDeliveryThatDoesNotArriveWholeIsNotNoted() throws IOException {
    Socket socket = connect();
    socket
        .getOutputStream()
        .write(
            RawDelivery.head(gitHub.webhook().path(), signed(gitHub, BODY), BODY.length)
                .getBytes(UTF_8));
    socket.getOutputStream().write(BODY, 0, 5);
    socket.close();

    await().until(() -> count("none", "broken") == 1);
    assertThat(noted).isEmpty();
  }

  @Test
  void whoAsksWhetherToSendTheBodyIsToldTo() throws IOException {
    Map<String, String> headers = new HashMap<>(signed(gitHub, BODY));
    headers.put("Expect", "100-continue");
    Socket socket = connect();
    socket
        .getOutputStream()
        .write(RawDelivery.head(gitHub.webhook().path(), headers, BODY.length).getBytes(UTF_8));
    assertThat(RawDelivery.answer(socket)).startsWith("HTTP/1.1 100 ");
    socket.getOutputStream().write(BODY);
    assertThat(RawDelivery.answer(socket)).startsWith("HTTP/1.1 202 ");
  }

  // Who takes whose turn.

  @Test
  void oneNamespaceDoesNotTakeTheTurnOfOthers() throws Exception {
    isLate = true;
    List<Socket> flood = new ArrayList<>();
    for (int i = 0; i < MOST_WAITING; i++) {
      flood.add(begin(gitHub));
    }
    await().until(() -> count("GitHub", "busy") == MOST_WAITING / 2);
    isLate = false;
    Known good = webhooks.add(InMemoryWebhooks.webhook("team-b", Platform.Gitea));

    assertThat(deliver(good, BODY)).startsWith("HTTP/1.1 202 ");

    late.forEach(each -> each.complete(true));
    List<String> answers = new ArrayList<>();
    for (Socket each : flood) {
      answers.add(RawDelivery.answer(each).substring(9, 12));
    }
    assertThat(answers).containsOnly("202", "503");
    assertThat(deliver(gitHub, BODY)).as("its places are free again").contains(" 202 ");
  }

  // What is told.

  @Test
  void strangersLeaveNoTraceOfTheirPaths() throws IOException {
    assertThat(send("unknown-0", Map.of(), BODY)).startsWith("HTTP/1.1 404 ");
    int meters = registry.getMeters().size();
    Socket socket = connect();
    for (int i = 1; i < 10_000; i++) {
      assertThat(RawDelivery.send(socket, "unknown-" + i, Map.of(), BODY))
          .startsWith("HTTP/1.1 404 ");
    }
    assertThat(registry.getMeters()).hasSize(meters);
    assertThat(registry.getMetersAsString()).doesNotContain("unknown-");
    assertThat(count("none", "unknown")).isEqualTo(10_000);
  }

  /**
   * A wrong proof, a missing one and an unknown path cost the same: without the signature a long
   * body would cost a fraction. The processor's time is measured, since the machine may be busy.
   */
  @Test
  void timeDoesNotTellWhetherThereIsAPath() throws IOException {
    byte[] body = new byte[4 << 20];
    Map<String, String> wrong = signed(stranger(gitHub), BODY);
    List<Map.Entry<String, Map<String, String>>> kinds =
        List.of(
            Map.entry("unknown", Map.of()),
            Map.entry("unknown", wrong),
            Map.entry(gitHub.webhook().path(), Map.of()),
            Map.entry(gitHub.webhook().path(), wrong));
    long[] nanos = new long[kinds.size()];
    Socket socket = connect();
    for (int round = -10; round < 20; round++) { // the first ones warm up
      for (int kind = 0; kind < kinds.size(); kind++) {
        long before = processorTime();
        RawDelivery.send(socket, kinds.get(kind).getKey(), kinds.get(kind).getValue(), body);
        nanos[kind] += round < 0 ? 0 : processorTime() - before;
      }
    }
    double least = Arrays.stream(nanos).min().orElseThrow();
    assertThat(Arrays.stream(nanos).max().orElseThrow() / least).isLessThan(1.5);
  }

  /** Of the server's threads, in nanoseconds. */
  private static long processorTime() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(thread -> thread != null && thread.getThreadName().startsWith("vert.x-eventloop"))
        .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
        .sum();
  }
}
