package dev.codesource.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Stands between an operator and the API server, and decides what becomes of each request. */
abstract class ApiServerProxy implements AutoCloseable {

  private static final Set<String> NOT_FORWARDED =
      Set.of(
          "host", "connection", "content-length", "upgrade", "http2-settings", "accept-encoding");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;
  private final URI behind;
  private final Path kubeconfig;

  /** Stands before the API server of that configuration; to be started. */
  ApiServerProxy(Config config) throws IOException {
    this.behind = URI.create(config.getMasterUrl());
    this.client = HttpClient.newBuilder().sslContext(trusting(config)).build();
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    this.kubeconfig = Files.createTempFile("proxied", ".kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        {"apiVersion": "v1", "kind": "Config", "current-context": "test",
         "clusters": [{"name": "test", "cluster": {"server": "http://127.0.0.1:%d"}}],
         "users": [{"name": "test", "user": {"token": "%s"}}],
         "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test", "namespace": "%s"}}]}
        """
            .formatted(
                server.getAddress().getPort(), config.getAutoOAuthToken(), config.getNamespace()));
  }

  /** Listens from now on. */
  final void start() {
    server.start();
  }

  final URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  final Path kubeconfig() {
    return kubeconfig;
  }

  /** Answers a request, by itself or by {@link #forward}. */
  abstract void answer(HttpExchange exchange) throws IOException, InterruptedException;

  static boolean isWatch(HttpExchange exchange) {
    return String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true");
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestHeaders().containsKey("Upgrade")) {
        // No WebSocket: the client then watches by a plain GET.
        exchange.sendResponseHeaders(200, -1);
      } else {
        answer(exchange);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What an answer waits for, each time that a part of it has come. */
  @FunctionalInterface
  interface Gate {
    void await() throws InterruptedException;
  }

  /** Answers as the API server does. */
  final void forward(HttpExchange exchange) throws IOException, InterruptedException {
    forward(exchange, () -> {});
  }

  final void forward(HttpExchange exchange, Gate gate) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI().toString()));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!NOT_FORWARDED.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    request.method(
        exchange.getRequestMethod(),
        HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
    HttpResponse<InputStream> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    answer
        .headers()
        .firstValue("Content-Type")
        .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
    exchange.sendResponseHeaders(answer.statusCode(), 0);
    try (InputStream from = answer.body();
        OutputStream to = exchange.getResponseBody()) {
      byte[] part = new byte[8192];
      for (int read; (read = from.read(part)) >= 0; ) {
        gate.await();
        to.write(part, 0, read);
        to.flush();
      }
    }
  }

  private static SSLContext trusting(Config config) throws IOException {
    try {
      byte[] pem =
          config.getCaCertData() != null
              ? Base64.getDecoder().decode(config.getCaCertData())
              : Files.readAllBytes(Path.of(config.getCaCertFile()));
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int count = 0;
      for (var certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        store.setCertificateEntry("ca-" + count++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
    Files.deleteIfExists(kubeconfig);
  }
}
