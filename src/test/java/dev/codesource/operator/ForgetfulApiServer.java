package dev.codesource.operator;

import com.sun.net.httpserver.HttpExchange;
import io.fabric8.kubernetes.api.model.SecretListBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The API server as an operator sees it that has not got everything: lists of Secrets are empty and
 * their watches tell nothing, while a question for one Secret by its name is answered.
 */
final class ForgetfulApiServer extends ApiServerProxy {

  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger emptyLists = new AtomicInteger();

  private ForgetfulApiServer(Config config) throws IOException {
    super(config);
  }

  /** Stands before the API server of that kubeconfig. */
  static ForgetfulApiServer before(Path kubeconfig) throws IOException {
    ForgetfulApiServer proxy = new ForgetfulApiServer(Config.fromKubeconfig(kubeconfig.toFile()));
    proxy.start();
    return proxy;
  }

  /** How many lists of Secrets were answered with nothing. */
  int emptyLists() {
    return emptyLists.get();
  }

  @Override
  void answer(HttpExchange exchange) throws IOException, InterruptedException {
    boolean isOfSecrets =
        exchange.getRequestMethod().equals("GET")
            && exchange.getRequestURI().getPath().endsWith("/secrets")
            && !String.valueOf(exchange.getRequestURI().getQuery()).contains("metadata.name=");
    if (isOfSecrets && isWatch(exchange)) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().flush();
      closed.await();
    } else if (isOfSecrets) {
      emptyLists.incrementAndGet();
      answerNothing(exchange);
    } else {
      forward(exchange);
    }
  }

  private static void answerNothing(HttpExchange exchange) throws IOException {
    byte[] list =
        Serialization.asJson(
                new SecretListBuilder()
                    .withNewMetadata()
                    .withResourceVersion("1")
                    .endMetadata()
                    .withItems(List.of())
                    .build())
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, list.length);
    exchange.getResponseBody().write(list);
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    super.close();
  }
}
