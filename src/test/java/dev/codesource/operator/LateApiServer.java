package dev.codesource.operator;

import com.sun.net.httpserver.HttpExchange;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The API server as an operator sees it whose watch of bindings is slow: a write of a status is
 * held back until the test lets it pass, and its answer overtakes the events.
 */
final class LateApiServer extends ApiServerProxy {

  private static final String BINDINGS = "/codesourcebindings";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final CountDownLatch writeHasCome = new CountDownLatch(1);
  private final CountDownLatch writesPass = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean eventsPass = true;

  private LateApiServer(Config config) throws IOException {
    super(config);
  }

  /** Stands before the API server of that kubeconfig. */
  static LateApiServer before(Path kubeconfig) throws IOException {
    LateApiServer proxy = new LateApiServer(Config.fromKubeconfig(kubeconfig.toFile()));
    proxy.start();
    return proxy;
  }

  /** Waits until the operator is about to write a status. */
  void awaitStatusWrite() throws InterruptedException {
    if (!writeHasCome.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("no status was written");
    }
  }

  /** From now on the operator is told of no change of a binding. */
  void holdEventsBack() {
    eventsPass = false;
  }

  /** From now on statuses are written. */
  void letStatusesBeWritten() {
    writesPass.countDown();
  }

  @Override
  void answer(HttpExchange exchange) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    if (path.contains(BINDINGS + "/") && path.endsWith("/status")) {
      writeHasCome.countDown();
      writesPass.await();
      forward(exchange);
    } else if (path.endsWith(BINDINGS) && isWatch(exchange)) {
      forward(exchange, this::awaitEvents);
    } else {
      forward(exchange);
    }
  }

  private void awaitEvents() throws InterruptedException {
    if (!eventsPass) {
      closed.await();
    }
  }

  @Override
  public void close() throws IOException {
    writesPass.countDown();
    closed.countDown();
    super.close();
  }
}
