package dev.codesource.testhost;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;

/**
 * A code host on loopback, or at another address of this machine: a platform's way to answer, and
 * tokens that stand for accounts.
 */
public final class LoopbackCodeHost implements AutoCloseable {

  private final HttpServer server;
  private final String scheme;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Grant> grants = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger mostInFlight = new AtomicInteger();
  private final AtomicReference<Dialect> dialect;
  private volatile Duration latency = Duration.ZERO;
  private volatile boolean remembering = true;

  private LoopbackCodeHost(Dialect dialect, HttpServer server, String scheme) {
    this.dialect = new AtomicReference<>(dialect);
    this.server = server;
    this.scheme = scheme;
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public static LoopbackCodeHost http(Dialect dialect) {
    return http(dialect, 0);
  }

  /** Listens on a port of choice; 0: any that is free. */
  public static LoopbackCodeHost http(Dialect dialect, int port) {
    try {
      return new LoopbackCodeHost(dialect, HttpServer.create(loopback(port), 1024), "http");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Listens on an address that others than this machine reach. */
  public static LoopbackCodeHost httpAt(String address, Dialect dialect) {
    try {
      return new LoopbackCodeHost(
          dialect, HttpServer.create(new InetSocketAddress(address, 0), 1024), "http");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static LoopbackCodeHost https(Dialect dialect, SSLContext certificates) {
    return https(dialect, certificates, loopback(0));
  }

  /** Listens on an address that others than this machine reach. */
  public static LoopbackCodeHost httpsAt(String address, Dialect dialect, SSLContext certificates) {
    return https(dialect, certificates, new InetSocketAddress(address, 0));
  }

  private static LoopbackCodeHost https(
      Dialect dialect, SSLContext certificates, InetSocketAddress address) {
    try {
      HttpsServer server = HttpsServer.create(address, 1024);
      server.setHttpsConfigurator(new HttpsConfigurator(certificates));
      return new LoopbackCodeHost(dialect, server, "https");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** The log-on URL, by IP address. */
  public String url() {
    return url("127.0.0.1");
  }

  /** The log-on URL, by a name that stands for loopback. */
  public String url(String name) {
    return scheme + "://" + name + ":" + port();
  }

  /** Answers otherwise below a path: a code host also serves git. */
  public LoopbackCodeHost serving(String path, HttpHandler handler) {
    server.createContext(path, handler);
    return this;
  }

  public LoopbackCodeHost grant(String token, Grant grant) {
    grants.put(token, grant);
    return this;
  }

  public void revoke(String token) {
    grants.remove(token);
  }

  /** Answers in another way from now on: an outage, a limit, another product. */
  public void answering(Dialect other) {
    dialect.set(other);
  }

  public void taking(Duration time) {
    latency = time;
  }

  /** Keeps no record of requests but their number: for many of them. */
  public void forgetting() {
    remembering = false;
  }

  /** What was asked, in the order of arrival. */
  public List<Asked> asked() {
    return asked;
  }

  public int count() {
    return count.get();
  }

  /** The largest number of requests that were under way at once. */
  public int mostInFlight() {
    return mostInFlight.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      count.incrementAndGet();
      Asked request = read(exchange);
      if (remembering) {
        asked.add(request);
      }
      Answer answer = answer(request);
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends before the answer is sent: with it, the client may send the next request. */
  private Answer answer(Asked request) throws InterruptedException {
    mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    try {
      if (!latency.isZero()) {
        Thread.sleep(latency);
      }
      return dialect.get().answer(request, token -> Optional.ofNullable(grants.get(token)));
    } finally {
      inFlight.decrementAndGet();
    }
  }

  private static Asked read(HttpExchange exchange) throws IOException {
    Map<String, List<String>> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    return new Asked(
        exchange.getRequestMethod(),
        exchange.getRequestURI().toString(),
        Map.copyOf(headers),
        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
