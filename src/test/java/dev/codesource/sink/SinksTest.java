package dev.codesource.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.http.AdjustableClock;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.LoopbackHost;
import dev.codesource.testhost.RawServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real connections, to sinks and authorization servers on loopback. */
class SinksTest {

  private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String CLIENT_SECRET = "the-secret-of-the-operator";

  private final AdjustableClock clock = new AdjustableClock();

  private static RefUpdate update(String namespace) {
    RefUpdate shop =
        CloudEventTest.update(
            new DueCommit(
                "main",
                new GitRef(GitRef.Kind.BRANCH, "main"),
                "0".repeat(40),
                Optional.empty(),
                Instant.parse("2026-11-30T06:07:08Z")));
    return new RefUpdate(
        namespace,
        shop.trigger(),
        shop.uid(),
        shop.binding(),
        shop.repository(),
        shop.due(),
        shop.images());
  }

  private static Problem problem(Outcome<Boolean> outcome) {
    return switch (outcome) {
      case Outcome.Done<Boolean> _ -> throw new AssertionError("the sink took it");
      case Outcome.Refused<Boolean>(var problem) -> problem;
      case Outcome.Waiting<Boolean>(var problem, _, _) -> problem;
    };
  }

  @Test
  void anEventIsPostedAsTheBinaryModeSays() throws IOException {
    try (LoopbackHost server = TestSinks.answering(_ -> 202);
        TestSinks sinks = new TestSinks(clock, TestSinks.plain("ci", server))) {
      assertThat(sinks.sinks().send("ci", update("team-a"))).isEqualTo(Outcome.done(true));

      Asked asked = server.seen().getFirst();
      assertThat(asked.method() + " " + asked.target()).isEqualTo("POST /events");
      assertThat(asked.header("Content-Type")).contains("application/json");
      assertThat(asked.header("ce-type")).contains("dev.codesource.ref.updated.v1");
      assertThat(asked.header("webhook-signature")).isEmpty();
      assertThat(asked.header("Authorization")).isEmpty();
      assertThat(new ObjectMapper().readTree(asked.body()).at("/ref/name").asText())
          .isEqualTo("refs/heads/main");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400,SinkRefused",
    "404,SinkRefused",
    "422,SinkRefused",
    "401,SinkUnauthorized",
    "403,SinkUnauthorized",
    "408,SinkUnreachable",
    "429,SinkUnreachable",
    "500,SinkUnreachable",
    "503,SinkUnreachable",
    "307,SinkUnreachable"
  })
  void anAnswerThatIsNoSuccessIsTold(int status, Reason reason) {
    try (LoopbackHost server =
            new LoopbackHost(
                _ -> CannedAnswer.of(status).with("Location", "http://127.0.0.1:9/elsewhere"));
        TestSinks sinks = new TestSinks(clock, TestSinks.plain("ci", server))) {
      Problem problem = problem(sinks.sinks().send("ci", update("team-a")));

      assertThat(problem.reason()).isEqualTo(reason);
      assertThat(problem.what()).startsWith("The sink ci ");
      assertThat(server.seen()).hasSize(1);
    }
  }

  /** Nobody reads it, and a sink that has the event is not asked again. */
  @Test
  void aLongAnswerIsASuccessToo() {
    try (LoopbackHost server =
            new LoopbackHost(_ -> CannedAnswer.text(200, "x".repeat(2_000_000)));
        TestSinks sinks = new TestSinks(clock, TestSinks.plain("ci", server))) {
      assertThat(sinks.sinks().send("ci", update("team-a"))).isEqualTo(Outcome.done(true));
    }
  }

  @Test
  void aSinkThatNobodyHasSetUpIsNotFound() {
    try (TestSinks sinks = new TestSinks(clock)) {
      assertThat(problem(sinks.sinks().send("ci", update("team-a"))).reason())
          .isEqualTo(Reason.SinkNotFound);
      assertThat(sinks.sinks().objection("ci")).isPresent();
    }
  }

  /** The sink is left alone until then, also by those who come later. */
  @Test
  void whatASinkAsksForIsKeptTo() {
    AtomicInteger status = new AtomicInteger(503);
    try (LoopbackHost server =
            new LoopbackHost(_ -> CannedAnswer.of(status.get()).with("Retry-After", "120"));
        TestSinks sinks = new TestSinks(clock, TestSinks.plain("ci", server))) {
      Outcome<Boolean> first = sinks.sinks().send("ci", update("team-a"));
      assertThat(first)
          .isInstanceOfSatisfying(
              Outcome.Waiting.class,
              waiting -> assertThat(waiting.until()).contains(clock.instant().plusSeconds(120)));
      status.set(200);
      clock.advance(Duration.ofSeconds(119));
      assertThat(problem(sinks.sinks().send("ci", update("team-a"))).reason())
          .isEqualTo(Reason.SinkUnreachable);
      assertThat(server.seen()).hasSize(1);
      clock.advance(Duration.ofSeconds(1));
      assertThat(sinks.sinks().send("ci", update("team-a"))).isEqualTo(Outcome.done(true));
    }
  }

  @Test
  void aSinkThatIsDownIsAskedLessAndLess() throws IOException {
    RawServer down = RawServer.start(_ -> {});
    Sink sink =
        new Sink(
            "ci",
            URI.create("http://127.0.0.1:%d/".formatted(down.port())),
            Optional.empty(),
            Optional.empty());
    down.close();
    List<Duration> waits = new ArrayList<>();
    try (TestSinks sinks = new TestSinks(clock, sink)) {
      for (int i = 0; i < 4; i++) {
        Outcome<Boolean> outcome = sinks.sinks().send("ci", update("team-a"));
        assertThat(problem(outcome).what())
            .startsWith("The sink ci cannot be reached. 127.0.0.1:")
            .contains("refuses connections");
        Instant until = ((Outcome.Waiting<Boolean>) outcome).until().orElseThrow();
        waits.add(Duration.between(clock.instant(), until));
        clock.advance(waits.getLast());
      }
    }
    assertThat(waits).isSorted();
    assertThat(waits.getLast()).isGreaterThan(waits.getFirst().multipliedBy(4));
  }

  /** What one namespace sends may make a sink fail; the others go on. */
  @Test
  void whatFailsForOneNamespaceIsSentForAnother() {
    try (LoopbackHost server =
            TestSinks.answering(asked -> asked.body().contains("\"team-a\"") ? 500 : 200);
        TestSinks sinks = new TestSinks(clock, TestSinks.plain("ci", server))) {
      problem(sinks.sinks().send("ci", update("team-a")));
      problem(sinks.sinks().send("ci", update("team-a")));

      assertThat(sinks.sinks().send("ci", update("team-b"))).isEqualTo(Outcome.done(true));
      assertThat(server.seen()).hasSize(2);
    }
  }

  @Test
  void aSlowSinkDelaysNoOtherAndAFloodOfOneNamespaceLeavesPlaces() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger waiting = new AtomicInteger();
    try (LoopbackHost slow =
            TestSinks.answering(
                asked -> {
                  if (asked.body().contains("\"team-a\"")) {
                    waiting.incrementAndGet();
                    await(end);
                  }
                  return 200;
                });
        LoopbackHost good = TestSinks.answering(_ -> 200);
        TestSinks sinks =
            new TestSinks(clock, TestSinks.plain("slow", slow), TestSinks.plain("good", good));
        ExecutorService tenants = Executors.newVirtualThreadPerTaskExecutor()) {
      List<java.util.concurrent.Future<Outcome<Boolean>>> flood = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        flood.add(tenants.submit(() -> sinks.sinks().send("slow", update("team-a"))));
      }
      assertThat(sinks.sinks().send("good", update("team-a"))).isEqualTo(Outcome.done(true));
      assertThat(sinks.sinks().send("slow", update("team-b"))).isEqualTo(Outcome.done(true));
      end.countDown();
      int taken = 0;
      for (var each : flood) {
        switch (each.get()) {
          case Outcome.Done<Boolean> _ -> taken++;
          case Outcome<Boolean> other ->
              // Not sent at all, and so no problem of the sink.
              assertThat(problem(other).reason()).isEqualTo(Reason.Queued);
        }
      }
      assertThat(taken).isEqualTo(waiting.get()).isPositive();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aSinkWithAPrivateCaIsTrustedByItAndByNothingElse(@TempDir Path folder) throws IOException {
    CertificateAuthority ca = CertificateAuthority.root("Builds");
    try (RawServer server =
        RawServer.start(ca.issue("127.0.0.1", "localhost"), RawServer.answering("{}"))) {
      URI url = URI.create("https://localhost:%d/".formatted(server.port()));
      try (TestSinks sinks =
          new TestSinks(
              clock,
              new Sink("with", url, Optional.of(folder), Optional.empty()),
              new Sink("without", url, Optional.empty(), Optional.empty()))) {
        Files.writeString(folder.resolve("ca.crt"), ca.pem());

        assertThat(sinks.sinks().send("with", update("team-a"))).isEqualTo(Outcome.done(true));
        assertThat(problem(sinks.sinks().send("without", update("team-a"))).reason())
            .isEqualTo(Reason.SinkUnreachable);
      }
    }
  }

  @Test
  void aRequestIsSignedWithTheKeyThatTheSecretHasNow(@TempDir Path folder) throws IOException {
    try (LoopbackHost server = TestSinks.answering(_ -> 200);
        TestSinks sinks =
            new TestSinks(
                clock,
                new Sink(
                    "ci",
                    URI.create(server.site("/").toString()),
                    Optional.of(folder),
                    Optional.empty()))) {
      Files.writeString(folder.resolve("signing_key"), KEY + "\n");
      sinks.sinks().send("ci", update("team-a"));
      Files.writeString(folder.resolve("signing_key"), "whsec_" + "QUFB".repeat(8));
      sinks.sinks().send("ci", update("team-a"));

      Asked first = server.seen().getFirst();
      assertThat(first.header("webhook-id")).isEqualTo(first.header("ce-id"));
      assertThat(first.header("webhook-signature"))
          .contains(
              SigningKeys.of(KEY)
                  .orElseThrow()
                  .headers(first.header("ce-id").orElseThrow(), clock.instant(), first.body())
                  .get("webhook-signature"));
      assertThat(server.seen().getLast().header("webhook-signature"))
          .isPresent()
          .isNotEqualTo(first.header("webhook-signature"));
    }
  }

  /** Else a sink that checks no signature would not notice. */
  @Test
  void withAKeyThatCannotBeReadNothingIsSent(@TempDir Path folder) throws IOException {
    try (LoopbackHost server = TestSinks.answering(_ -> 200);
        TestSinks sinks =
            new TestSinks(
                clock,
                new Sink(
                    "ci",
                    URI.create(server.site("/").toString()),
                    Optional.of(folder),
                    Optional.empty()))) {
      Files.writeString(folder.resolve("signing_key"), "s3cret");
      Problem problem = problem(sinks.sinks().send("ci", update("team-a")));

      assertThat(problem.reason()).isEqualTo(Reason.SinkUnauthorized);
      assertThat(problem.message()).doesNotContain("s3cret");
      assertThat(server.seen()).isEmpty();
    }
  }

  /** Else the public authorities would be trusted, which the administrator did not want. */
  @Test
  void withCertificatesThatCannotBeReadNothingIsSent(@TempDir Path folder) throws IOException {
    try (LoopbackHost server = TestSinks.answering(_ -> 200);
        TestSinks sinks =
            new TestSinks(
                clock,
                new Sink(
                    "ci",
                    URI.create(server.site("/").toString()),
                    Optional.of(folder),
                    Optional.empty()))) {
      Files.writeString(folder.resolve("ca.crt"), "no certificate");

      assertThat(problem(sinks.sinks().send("ci", update("team-a"))).reason())
          .isEqualTo(Reason.SinkUnauthorized);
      assertThat(server.seen()).isEmpty();
    }
  }

  /** What an authorization server of client credentials does. */
  private static final class Issuer {
    private final AtomicInteger tokens = new AtomicInteger();
    private volatile int lifetime = 3600;

    CannedAnswer answer(Asked asked) {
      String basic = Base64.getEncoder().encodeToString(("operator:" + CLIENT_SECRET).getBytes());
      boolean isKnown =
          asked.header("Authorization").equals(Optional.of("Basic " + basic))
              && asked.body().contains("grant_type=client_credentials")
              && asked.body().contains("scope=builds")
              && asked.body().contains("audience=ci");
      return isKnown
          ? CannedAnswer.json(
              200,
              "{\"access_token\":\"token-%d\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
                  .formatted(tokens.incrementAndGet(), lifetime))
          : CannedAnswer.json(
              401,
              "{\"error\":\"invalid_client\",\"error_description\":\"%s\"}"
                  .formatted(CLIENT_SECRET));
    }
  }

  private static Path secret(Path folder, String clientSecret) throws IOException {
    Files.writeString(folder.resolve("client_id"), "operator\n");
    Files.writeString(folder.resolve("client_secret"), clientSecret + "\n");
    return folder;
  }

  private static List<String> tokens(LoopbackHost server) {
    return server.seen().stream().map(Asked::token).toList();
  }

  @Test
  void anAccessTokenIsGotOnceAndUsedUntilItEnds(@TempDir Path folder) throws IOException {
    Issuer known = new Issuer();
    try (LoopbackHost server = TestSinks.answering(_ -> 200);
        LoopbackHost issuer = new LoopbackHost(known::answer);
        TestSinks sinks =
            new TestSinks(
                clock, TestSinks.authorized("ci", server, issuer, secret(folder, CLIENT_SECRET)))) {
      sinks.sinks().send("ci", update("team-a"));
      sinks.sinks().send("ci", update("team-b"));

      assertThat(tokens(server)).containsExactly("token-1", "token-1");
    }
  }

  @Test
  void aTokenThatEndsSoonIsRenewed(@TempDir Path folder) throws IOException {
    Issuer known = new Issuer();
    known.lifetime = 10; // less than is kept in hand
    try (LoopbackHost server = TestSinks.answering(_ -> 200);
        LoopbackHost issuer = new LoopbackHost(known::answer);
        TestSinks sinks =
            new TestSinks(
                clock, TestSinks.authorized("ci", server, issuer, secret(folder, CLIENT_SECRET)))) {
      sinks.sinks().send("ci", update("team-a"));
      sinks.sinks().send("ci", update("team-a"));

      assertThat(tokens(server)).containsExactly("token-1", "token-2");
    }
  }

  @Test
  void aTokenThatTheSinkDoesNotAcceptIsReplacedOnce(@TempDir Path folder) throws IOException {
    Issuer known = new Issuer();
    try (LoopbackHost server =
            TestSinks.answering(asked -> asked.token().equals("token-2") ? 200 : 401);
        LoopbackHost issuer = new LoopbackHost(known::answer);
        TestSinks sinks =
            new TestSinks(
                clock, TestSinks.authorized("ci", server, issuer, secret(folder, CLIENT_SECRET)))) {
      assertThat(sinks.sinks().send("ci", update("team-a"))).isEqualTo(Outcome.done(true));
      assertThat(tokens(server)).containsExactly("token-1", "token-2");
    }
  }

  @Test
  void whyThereIsNoTokenIsToldWithoutWhatTheServerWrites(@TempDir Path folder) throws IOException {
    Issuer known = new Issuer();
    try (LoopbackHost server = TestSinks.answering(_ -> 200);
        LoopbackHost issuer = new LoopbackHost(known::answer);
        TestSinks sinks =
            new TestSinks(
                clock, TestSinks.authorized("ci", server, issuer, secret(folder, "wrong")))) {
      Problem problem = problem(sinks.sinks().send("ci", update("team-a")));

      assertThat(problem.reason()).isEqualTo(Reason.SinkUnauthorized);
      assertThat(problem.what())
          .isEqualTo("The authorization server of the sink ci answers invalid_client.");
      assertThat(server.seen()).isEmpty();
      // The administrator corrects it; no restart is needed.
      secret(folder, CLIENT_SECRET);
      clock.advance(Duration.ofMinutes(1));
      assertThat(sinks.sinks().send("ci", update("team-a"))).isEqualTo(Outcome.done(true));
    }
  }

  @Test
  void anAuthorizationServerThatIsDownIsTold(@TempDir Path folder) throws IOException {
    LoopbackHost issuer = new LoopbackHost(_ -> CannedAnswer.of(500));
    try (LoopbackHost server = TestSinks.answering(_ -> 200);
        TestSinks sinks =
            new TestSinks(
                clock, TestSinks.authorized("ci", server, issuer, secret(folder, CLIENT_SECRET)))) {
      issuer.close();
      assertThat(problem(sinks.sinks().send("ci", update("team-a"))).what())
          .isEqualTo("The authorization server of the sink ci gives no access token.");
    }
  }

  /** As a proxy in front of it does. */
  @Test
  void aSuccessWithoutATokenIsToldAndNotKept(@TempDir Path folder) throws IOException {
    Issuer known = new Issuer();
    AtomicInteger requests = new AtomicInteger();
    try (LoopbackHost server = TestSinks.answering(_ -> 200);
        LoopbackHost issuer =
            new LoopbackHost(
                asked ->
                    requests.incrementAndGet() == 1
                        ? CannedAnswer.json(200, "{\"error\":\"server_error\"}")
                        : known.answer(asked));
        TestSinks sinks =
            new TestSinks(
                clock, TestSinks.authorized("ci", server, issuer, secret(folder, CLIENT_SECRET)))) {
      assertThat(problem(sinks.sinks().send("ci", update("team-a"))).what())
          .isEqualTo("The authorization server of the sink ci gives no access token.");
      clock.advance(Duration.ofMinutes(1));
      assertThat(sinks.sinks().send("ci", update("team-a"))).isEqualTo(Outcome.done(true));
      assertThat(tokens(server)).containsExactly("token-1");
    }
  }

  @Test
  void aRequestForATokenThatIsNeverAnsweredDelaysTheNextOneNoMore(@TempDir Path folder)
      throws IOException {
    Issuer known = new Issuer();
    AtomicInteger requests = new AtomicInteger();
    CountDownLatch end = new CountDownLatch(1);
    try (LoopbackHost server = TestSinks.answering(_ -> 200);
        LoopbackHost issuer =
            new LoopbackHost(
                asked -> {
                  if (requests.incrementAndGet() == 1) {
                    await(end);
                  }
                  return known.answer(asked);
                });
        TestSinks sinks =
            new TestSinks(
                clock,
                Duration.ofSeconds(3),
                TestSinks.authorized("ci", server, issuer, secret(folder, CLIENT_SECRET)))) {
      assertThat(problem(sinks.sinks().send("ci", update("team-a"))).what())
          .isEqualTo("The authorization server of the sink ci gives no access token.");
      clock.advance(Duration.ofMinutes(1));
      assertThat(sinks.sinks().send("ci", update("team-a"))).isEqualTo(Outcome.done(true));
      end.countDown();
    }
  }

  /** Else its certificate would be checked against other authorities than the sink's. */
  @Test
  void theAuthorizationServerIsTrustedAsTheSinkIs(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("ca.crt"), CertificateAuthority.root("Builds").pem());
    try (LoopbackHost server = TestSinks.answering(_ -> 200);
        TestSinks sinks =
            new TestSinks(
                clock, TestSinks.authorized("ci", server, server, secret(folder, CLIENT_SECRET)))) {
      assertThat(sinks.registered())
          .singleElement()
          .satisfies(
              tls -> {
                assertThat(tls.getName()).isEqualTo("sink-ci");
                assertThat(tls.isTrustAll()).isFalse();
                assertThat(tls.getTrustStoreOptions()).isNotNull();
              });
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://build.example.com/",
        "/events",
        "https://user:pass@build.example.com/",
        "https://build.example.com/?token=s3cret",
        "https://build.example.com/#x"
      })
  void whatIsNoAddressOfASinkIsRefused(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Sink("ci", URI.create(url), Optional.empty(), Optional.empty()))
        .withMessageNotContaining("s3cret");
  }

  @Test
  void twoSinksHaveTwoNames() {
    Sink sink =
        new Sink("ci", URI.create("https://build.example.com"), Optional.empty(), Optional.empty());
    assertThatIllegalArgumentException().isThrownBy(() -> Sinks.checked(List.of(sink, sink)));
  }
}
