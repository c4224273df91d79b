package dev.codesource.web.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.codesource.web.console.Changes.Told;
import dev.codesource.web.console.Changes.Wanted;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Open pages, and an API server whose watches do what the test says. */
@Timeout(120)
class ChangesTest {

  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Visitor ALICE =
      new Visitor(new BearerToken("of-alice"), "alice", Instant.MAX);

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Asked> watches = new LinkedBlockingQueue<>();
  private volatile int status = 200;
  private volatile boolean isRefusedOverWebSocket = true;
  private HttpServer apiServer;

  /** A watch that waits for events. */
  private record Asked(HttpExchange exchange, CompletableFuture<Void> ended) {

    String query() {
      return exchange.getRequestURI().getQuery();
    }

    void send(String type, String version) {
      write(
          "{\"type\":\"%s\",\"object\":{\"apiVersion\":\"codesource.dev/v1alpha1\",\"kind\":\"CodeSourceBinding\",\"metadata\":{\"name\":\"a\",\"namespace\":\"team\",\"resourceVersion\":\"%s\"}}}"
              .formatted(type, version));
    }

    void write(String line) {
      try {
        exchange.getResponseBody().write((line + "\n").getBytes(UTF_8));
        exchange.getResponseBody().flush();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    void end() {
      ended.complete(null);
    }
  }

  /** What a browser has been told until now. */
  private static final class Page {
    private final List<Told> told = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    Page(Optional<Multi<Told>> stream) {
      stream
          .orElseThrow()
          .subscribe()
          .with(told::add, ended::completeExceptionally, () -> ended.complete(null));
    }

    Told next(int index) {
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> told.size() > index);
      return told.get(index);
    }

    List<Told> untilTheEnd() {
      ended.orTimeout(30, TimeUnit.SECONDS).join();
      return told;
    }
  }

  @BeforeEach
  void start() throws IOException {
    apiServer = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    apiServer.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    apiServer.createContext("/", this::answer);
    apiServer.start();
  }

  @AfterEach
  void stop() {
    watches.forEach(Asked::end);
    apiServer.stop(0);
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean isOverWebSocket = exchange.getRequestHeaders().containsKey("Upgrade");
      if (status != 200 && (isRefusedOverWebSocket || !isOverWebSocket)) {
        byte[] body =
            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":%d}"
                .formatted(status)
                .getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
      } else if (isOverWebSocket) {
        exchange.sendResponseHeaders(200, -1); // the client then watches by a plain GET
      } else {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().flush();
        Asked watch = new Asked(exchange, new CompletableFuture<>());
        watches.add(watch);
        watch.ended().join();
      }
    }
  }

  private Asked watch() throws InterruptedException {
    Asked watch = watches.poll(30, TimeUnit.SECONDS);
    assertThat(watch).isNotNull();
    return watch;
  }

  private Changes changes(Duration heartbeat, Duration longest) {
    return new Changes(
        new VisitorClients(
            URI.create("http://127.0.0.1:" + apiServer.getAddress().getPort()),
            Optional.empty(),
            new KubernetesSerialization(),
            new VertxHttpClientFactory(vertx)),
        new Changes.Pace(AT_ONCE, heartbeat, longest));
  }

  private static Page open(Changes changes, String version) {
    return new Page(changes.open(ALICE, new Wanted("team", "", "", version)));
  }

  @Test
  void aQuietStreamBeatsSoThatNoProxyCutsIt() {
    Page page = open(changes(Duration.ofMillis(20), NEVER), "7");

    assertThat(List.of(page.next(0), page.next(1)))
        .allSatisfy(
            told -> {
              assertThat(told.isChange()).isFalse();
              assertThat(told.version()).isEmpty();
            });
  }

  @Test
  void aWatchBeginsWhereThePageIsAndIsToEndWhenTheLossOfARightShall() throws InterruptedException {
    open(changes(NEVER, NEVER), "7");

    assertThat(watch().query())
        .contains("resourceVersion=7", "timeoutSeconds=290", "allowWatchBookmarks=true");
  }

  @Test
  void aWatchThatTheApiServerEndsEndsTheStreamAfterItsLastChange() throws InterruptedException {
    Page page = open(changes(NEVER, NEVER), "7");
    Asked watch = watch();
    watch.send("MODIFIED", "8");
    watch.end();

    List<Told> told = page.untilTheEnd();

    assertThat(told).containsExactly(Told.changed("8"));
    assertThat(told.getLast().again()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aStreamEndsInTimeAlsoIfItsWatchDoesNot() throws InterruptedException {
    Page page = open(changes(NEVER, Duration.ofMillis(200)), "7");
    watch();

    assertThat(page.untilTheEnd()).isEmpty();
  }

  @Test
  void aVersionThatTheApiServerHasForgottenIsFollowedByWhatIsThereNow()
      throws InterruptedException {
    Changes changes = changes(NEVER, NEVER);
    Page page = open(changes, "7");
    watch()
        .write(
            "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":410,\"reason\":\"Expired\",\"message\":\"too old resource version\"}}");

    List<Told> told = page.untilTheEnd();
    assertThat(told).containsExactly(Told.changed("now"));
    Page again = open(changes, told.getLast().version());
    Asked watch = watch();
    assertThat(watch.query()).doesNotContain("resourceVersion=");
    watch.send("ADDED", "9");
    assertThat(again.next(0)).isEqualTo(Told.changed("9"));
  }

  @Test
  void aVersionThatIsRefusedAsForgottenIsFollowedByWhatIsThereNow() {
    status = 410;

    assertThat(open(changes(NEVER, NEVER), "7").untilTheEnd()).containsExactly(Told.changed("now"));
  }

  @Test
  void aBookmarkMovesOnWhereTheNextWatchBeginsAndThePageAsksForNothing()
      throws InterruptedException {
    Page page = open(changes(NEVER, NEVER), "7");
    Asked watch = watch();
    watch.send("BOOKMARK", "12");

    assertThat(page.next(0)).isEqualTo(Told.unchanged("12"));
    watch.send("MODIFIED", "13");
    assertThat(page.next(1)).isEqualTo(Told.changed("13"));
  }

  /** A watch goes on after its token was revoked; the next one is refused. */
  @Test
  void aRevokedTokenHasThePageAskForItselfAndTheBrowserWait() {
    for (int code : new int[] {401, 403}) {
      for (boolean overWebSocket : new boolean[] {true, false}) {
        status = code;
        isRefusedOverWebSocket = overWebSocket;

        List<Told> told = open(changes(NEVER, NEVER), "7").untilTheEnd();

        assertThat(told).as("%d, %s", code, overWebSocket).hasSize(1);
        assertThat(told.getFirst().isChange()).isTrue();
        assertThat(told.getFirst().version()).isEmpty();
        assertThat(told.getFirst().again()).isEqualTo(Duration.ofSeconds(30));
      }
    }
  }

  @Test
  void anApiServerThatIsDownIsNotAskedAllTheTime() {
    for (int code : new int[] {500, 503}) {
      status = code;

      List<Told> told = open(changes(NEVER, NEVER), "7").untilTheEnd();

      assertThat(told).as("%d", code).hasSize(1);
      assertThat(told.getFirst().again()).isEqualTo(Duration.ofSeconds(30));
    }
  }

  @Test
  void whenTheProcessStopsAllStreamsEndAndNoneBegins() throws InterruptedException {
    Changes changes = changes(NEVER, NEVER);
    List<Page> pages = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      pages.add(open(changes, "7"));
      watch();
    }

    changes.stop();

    assertThat(pages).allSatisfy(page -> assertThat(page.untilTheEnd()).isEmpty());
    assertThat(changes.open(ALICE, new Wanted("team", "", "", "7"))).isEmpty();
  }

  @Test
  void whatEndedGivesItsPlaceBack() throws InterruptedException {
    Changes changes = changes(NEVER, NEVER);
    for (int i = 0; i < 12; i++) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> open(changes, "7")); // a place is given back on another thread
      watch().end();
    }
  }
}
