package dev.codesource.web.authorize;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.TestBinding;
import dev.codesource.http.AdjustableClock;
import dev.codesource.oauth.Attempt;
import dev.codesource.oauth.CodeFlow.Ending;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AttemptNotesTest {

  private final AdjustableClock clock = new AdjustableClock();
  private final CodeSourceBinding binding =
      TestBinding.withSpec("oauth: {flow: AuthorizationCode}");

  /** The bodies that the API server was sent. */
  private final List<String> written = new CopyOnWriteArrayList<>();

  private final HttpServer server;
  private final KubernetesClient client;
  private final AttemptNotes notes;

  AttemptNotesTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withAutoConfigure(false)
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .build())
            .build();
    notes = new AttemptNotes(client, clock);
  }

  @BeforeEach
  void serve() {
    binding.getMetadata().setGeneration(3L);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void close() {
    client.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      written.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      byte[] body =
          "{\"apiVersion\":\"codesource.dev/v1alpha1\",\"kind\":\"CodeSourceBinding\"}"
              .getBytes(UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void failed(Reason reason) {
    notes.note(binding, new Ending.Failed(new Problem(reason, reason.meaning())));
  }

  @Test
  void aFailureIsNotedWithItsTime() {
    failed(Reason.AuthorizationDenied);

    assertThat(written)
        .singleElement()
        .asString()
        .contains("AuthorizationDenied of generation 3 at " + clock.instant())
        .contains(TestBinding.UID);
  }

  /** Whoever reaches the pages can have attempts fail, in turn for this and that reason. */
  @Test
  void aBindingIsNotedOnceAMinute() {
    for (int i = 0; i < 59; i++) {
      failed(i % 2 == 0 ? Reason.AuthorizationDenied : Reason.AuthorizationExpired);
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(written).hasSize(1);

    clock.advance(Duration.ofSeconds(1));
    failed(Reason.AuthorizationExpired);
    assertThat(written).hasSize(2);
  }

  @Test
  void whatIsNotOfThePersonOrTheHostIsNotNoted() {
    failed(Reason.SecretNotFound);

    assertThat(written).isEmpty();
  }

  @Test
  void aSuccessRemovesTheNoteAtOnceAndWritesNothingIfThereIsNone() {
    notes.note(binding, new Ending.Stored(true));
    assertThat(written).isEmpty();

    failed(Reason.AuthorizationDenied);
    binding.getMetadata().setAnnotations(Map.of(Attempt.ANNOTATION, "whatever"));
    notes.note(binding, new Ending.Stored(true));

    assertThat(written).hasSize(2);
    assertThat(written.getLast()).contains("\"" + Attempt.ANNOTATION + "\":null");
  }
}
