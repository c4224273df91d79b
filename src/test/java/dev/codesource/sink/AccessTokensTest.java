package dev.codesource.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.http.limit.RequestInterruptedException;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import io.quarkus.oidc.client.OidcClient;
import io.quarkus.oidc.client.OidcClientException;
import io.quarkus.oidc.client.Tokens;
import io.quarkus.oidc.client.runtime.OidcClientConfig;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who asks an authorization server, how often, and for how long, where the order matters: its
 * client answers when the test wants it to. {@code SinksTest} has real connections.
 */
@Timeout(60)
class AccessTokensTest {

  private static final Duration PATIENT = Duration.ofSeconds(30);

  @TempDir private Path folder;

  /** Those that were made, in this order. */
  private final List<ScriptedClient> made = new CopyOnWriteArrayList<>();

  private final AtomicInteger requests = new AtomicInteger();
  private volatile Supplier<Uni<Tokens>> answer = () -> Uni.createFrom().item(token("token"));

  /** From the request for a client to the client: it may have to discover the server. */
  private volatile Duration discovery = Duration.ZERO;

  private AccessTokens tokens;

  /** A client with the settings that it was made with. */
  private final class ScriptedClient implements OidcClient {
    private final OidcClientConfig config;
    private final AtomicInteger closed = new AtomicInteger();

    ScriptedClient(OidcClientConfig config) {
      this.config = config;
    }

    @Override
    public Uni<Tokens> getTokens(Map<String, String> parameters) {
      requests.incrementAndGet();
      return answer.get();
    }

    @Override
    public Uni<Tokens> refreshTokens(String token, Map<String, String> parameters) {
      throw new IllegalStateException("there are no refresh tokens");
    }

    @Override
    public Uni<Boolean> revokeAccessToken(String token, Map<String, String> parameters) {
      throw new IllegalStateException("nobody revokes");
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private static Tokens token(String value) {
    return new Tokens(
        value,
        Instant.now().plusSeconds(3600).getEpochSecond(),
        Duration.ofSeconds(30),
        null,
        null,
        new JsonObject(),
        "operator");
  }

  @BeforeEach
  void authorize() throws IOException {
    store("secret-1");
    tokens = tokens(true, PATIENT);
  }

  @AfterEach
  void close() {
    tokens.close();
  }

  private void store(String secret) throws IOException {
    Files.writeString(folder.resolve("client_id"), "operator");
    Files.writeString(folder.resolve("client_secret"), secret);
  }

  private Sink sink(boolean isTokenEndpoint) {
    return new Sink(
        "ci",
        URI.create("https://build.example.com/"),
        Optional.of(folder),
        Optional.of(
            new Sink.Authorization(
                URI.create("https://login.example.com/realms/ci"),
                isTokenEndpoint,
                List.of("builds"),
                Map.of("audience", "ci"))));
  }

  private AccessTokens tokens(boolean isTokenEndpoint, Duration timeout) {
    Sink sink = sink(isTokenEndpoint);
    return new AccessTokens(
        sink,
        sink.authorization().orElseThrow(),
        config -> {
          ScriptedClient client = new ScriptedClient(config);
          made.add(client);
          Uni<OidcClient> ready = Uni.createFrom().item(client);
          return discovery.isZero() ? ready : ready.onItem().delayIt().by(discovery);
        },
        timeout);
  }

  private Outcome<String> ask() {
    return new SinkSecret(sink(true)).client().then(client -> tokens.token(client, false));
  }

  private static String message(Outcome<String> outcome) {
    if (!(outcome instanceof Outcome.Waiting<String>(var problem, _, _))) {
      throw new AssertionError("there is a token");
    }
    assertThat(problem.reason()).isEqualTo(Reason.SinkUnauthorized);
    return problem.what();
  }

  private List<Outcome<String>> atOnce(int number) throws Exception {
    List<Outcome<String>> outcomes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome<String>>> all = new ArrayList<>();
      for (int i = 0; i < number; i++) {
        all.add(threads.submit(this::ask));
      }
      for (Future<Outcome<String>> each : all) {
        outcomes.add(each.get());
      }
    }
    return outcomes;
  }

  @Test
  void whoeverNeedsATokenAtTheSameTimeGetsTheSameOne() throws Exception {
    discovery = Duration.ofMillis(300);

    assertThat(atOnce(10)).containsOnly(Outcome.done("token"));

    assertThat(made).hasSize(1);
    assertThat(requests).hasValue(1);
  }

  /** Each holds a place of the sink and a thread. */
  @Test
  void aServerThatDoesNotAnswerDelaysNobodyMuchLongerThanTheTimeout() throws Exception {
    tokens = tokens(true, Duration.ofSeconds(1));
    answer = () -> Uni.createFrom().nothing();
    Instant start = Instant.now();
    List<Outcome<String>> outcomes = atOnce(20);

    // The first one, and perhaps one after it, waits for an answer; the others for their turn.
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
    assertThat(outcomes.stream().map(AccessTokensTest::message))
        .contains("The authorization server of the sink ci gives no access token.")
        .contains("The authorization server of the sink ci does not answer in time.");
    answer = () -> Uni.createFrom().item(token("late"));
    assertThat(ask()).isEqualTo(Outcome.done("late"));
  }

  @Test
  void whoIsInterruptedWhileTheServerIsAskedEndsAndStaysInterrupted() throws Exception {
    answer = () -> Uni.createFrom().nothing();
    interrupted(() -> requests.get() == 1);
  }

  @Test
  void whoIsInterruptedWhileItWaitsForItsTurnEndsAndStaysInterrupted() throws Exception {
    answer = () -> Uni.createFrom().nothing();
    Thread first = Thread.ofVirtual().start(() -> assertThatThrownBy(this::ask).isNotNull());
    Awaitility.await().until(() -> requests.get() == 1);

    interrupted(() -> true);

    assertThat(requests).as("the second one did not ask").hasValue(1);
    first.interrupt();
    first.join();
  }

  /** The operator stops. It would be told as a problem of the sink otherwise. */
  private void interrupted(java.util.concurrent.Callable<Boolean> isUnderWay) throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread asking =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    ask();
                  } catch (RuntimeException e) {
                    thrown.set(e);
                  }
                  flag.set(Thread.currentThread().isInterrupted());
                });
    Awaitility.await().until(isUnderWay);
    Awaitility.await()
        .until(
            () ->
                asking.getState() == Thread.State.WAITING
                    || asking.getState() == Thread.State.TIMED_WAITING);
    asking.interrupt();
    asking.join();

    assertThat(thrown.get()).isInstanceOf(RequestInterruptedException.class);
    assertThat(flag).hasValue(true);
  }

  /** What else a server writes could repeat a secret. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"error":"invalid_client"}                             | answers invalid_client
          {"error" : "invalid_scope","error_description":"s3cret"} | answers invalid_scope
          {"error":"s_cret"}                                     | gives no access token
          s3cret                                                 | gives no access token
          """)
  void ofAnErrorOnlyItsCodeIsShownIfItIsKnown(String body, String what) {
    answer = () -> Uni.createFrom().failure(new OidcClientException(body));

    assertThat(message(ask())).isEqualTo("The authorization server of the sink ci %s.", what);
  }

  @Test
  void anAnswerWithoutATokenIsToldAndAskedForAgain() {
    answer = () -> Uni.createFrom().item(token(null));
    assertThat(message(ask()))
        .isEqualTo("The authorization server of the sink ci gives no access token.");
    answer = () -> Uni.createFrom().nullItem();
    assertThat(message(ask()))
        .isEqualTo("The authorization server of the sink ci gives no access token.");
    answer = () -> Uni.createFrom().item(token("token"));

    assertThat(ask()).isEqualTo(Outcome.done("token"));
  }

  @Test
  void anotherClientIsUsedAtOnceAndTheOneBeforeIsClosed() throws IOException {
    ask();
    store("secret-2");
    answer = () -> Uni.createFrom().item(token("of the second"));

    assertThat(ask()).isEqualTo(Outcome.done("of the second"));

    assertThat(made.stream().map(client -> client.config.credentials().secret().orElseThrow()))
        .containsExactly("secret-1", "secret-2");
    assertThat(made.stream().map(client -> client.closed.get())).containsExactly(1, 0);
    tokens.close();
    tokens.close();
    assertThat(made.stream().map(client -> client.closed.get())).containsExactly(1, 1);
  }

  /** An administrator who made a mistake must not lose what works until then. */
  @Test
  void aClientThatCannotBeMadeIsTriedAgain() {
    discovery = Duration.ofMinutes(5);
    tokens = tokens(true, Duration.ofMillis(300));
    message(ask());
    discovery = Duration.ZERO;

    assertThat(ask()).isEqualTo(Outcome.done("token"));
  }

  @Test
  void theServerIsAskedAsTheSettingsSay() {
    ask();
    OidcClientConfig atEndpoint = made.getLast().config;
    assertThat(atEndpoint.tokenPath()).hasValue("https://login.example.com/realms/ci");
    assertThat(atEndpoint.discoveryEnabled()).hasValue(false);
    assertThat(atEndpoint.scopes()).hasValue(List.of("builds"));
    assertThat(atEndpoint.grantOptions()).containsEntry("client", Map.of("audience", "ci"));
    assertThat(atEndpoint.refreshTokenTimeSkew()).hasValue(Duration.ofSeconds(30));
    assertThat(atEndpoint.connectionTimeout()).isEqualTo(PATIENT);
    assertThat(atEndpoint.tls().tlsConfigurationName()).hasValue("sink-ci");
    tokens = tokens(false, PATIENT);
    ask();

    OidcClientConfig atIssuer = made.getLast().config;
    assertThat(atIssuer.authServerUrl()).hasValue("https://login.example.com/realms/ci");
    assertThat(atIssuer.discoveryEnabled().orElse(true)).isTrue();
    assertThat(atIssuer.tokenPath()).isEmpty();
  }
}
