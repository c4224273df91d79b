package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LoginLimitTest {

  @Test
  void aPlaceIsFreeAgainAfterWorkThatFails() {
    LoginLimit limit = new LoginLimit(Duration.ZERO);
    for (int i = 0; i < 2 * LoginLimit.MOST_AT_ONCE; i++) {
      assertThatThrownBy(
              () ->
                  limit.within(
                      () -> {
                        throw new IllegalStateException("work");
                      },
                      () -> new IllegalStateException("busy")))
          .hasMessage("work");
    }
  }

  /** A proxy in front adds whatever token a stranger has sent. */
  @Test
  @Timeout(60)
  void tokensThatNobodyKnowsAskTheApiServerAtMostSixteenTimesAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(LoginLimit.MOST_AT_ONCE);
    CountDownLatch answer = new CountDownLatch(1);
    AtomicInteger requests = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var visitors = Executors.newVirtualThreadPerTaskExecutor()) {
      server.setExecutor(threads);
      server.createContext(
          "/",
          exchange -> {
            requests.incrementAndGet();
            asked.countDown();
            try (exchange) {
              answer.await();
              exchange.sendResponseHeaders(401, -1);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      server.start();
      Usernames usernames =
          new Usernames(
              new VisitorClients(
                  URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                  Optional.empty(),
                  Sample.SERIALIZATION,
                  new VertxHttpClientFactory()),
              new LoginLimit(Duration.ofMillis(100)));
      for (int i = 0; i < LoginLimit.MOST_AT_ONCE; i++) {
        BearerToken token = new BearerToken("of-stranger-" + i);
        visitors.submit(() -> usernames.of(token));
      }
      asked.await();

      assertThatThrownBy(() -> usernames.of(new BearerToken("of-alice")))
          .isInstanceOfSatisfying(
              Usernames.Busy.class,
              busy -> assertThat(Problem.unavailable(busy)).isEqualTo(Problem.BUSY));
      assertThat(requests).hasValue(LoginLimit.MOST_AT_ONCE);
      answer.countDown();
    } finally {
      answer.countDown();
      server.stop(0);
    }
  }
}
