package dev.codesource.codehost.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.InstallationToken;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.codehost.TestClient;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers are those of GitHub's documentation. */
class GitHubAppTest {

  private static final String SIGNED = "eyJhbGciOiJSUzI1NiJ9.canary-7f3a90c1.d2e84b56";
  private static final String APP = "{\"id\":42,\"slug\":\"octobuild\",\"node_id\":\"x\"}";
  private static final String INSTALLATION =
      "{\"id\":7,\"suspended_at\":null,\"permissions\":{\"contents\":\"read\",\"metadata\":\"read\"}}";
  private static final String MADE =
      "{\"token\":\"ghs_16C7e42F292c6912E7710c838347Ae178B4a\",\"expires_at\":\"2026-07-11T22:14:10Z\"}";

  private static final Credential CREDENTIAL =
      new Credential(
          new Token(SIGNED), Optional.empty(), Credential.Source.APP, Optional.of("7"), "1");

  private static CodeHost gitHub() {
    return SupportedCodeHosts.all(Clock.systemUTC()).of(Platform.GitHub);
  }

  private static Outcome<Proof> prove(Function<Asked, CannedAnswer> answers) {
    try (LoopbackHost host = new LoopbackHost(answers)) {
      return gitHub().prove(host.site(""), CREDENTIAL, TestClient.open());
    }
  }

  private static Outcome<Proof> prove(CannedAnswer app, CannedAnswer installation) {
    return prove(request -> request.target().endsWith("/app") ? app : installation);
  }

  private static <T> T done(Outcome<T> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<T>) outcome).value();
  }

  private static Problem refused(Outcome<?> outcome, Reason reason) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    Problem problem = ((Outcome.Refused<?>) outcome).problem();
    assertThat(problem.reason()).as(problem.what()).isEqualTo(reason);
    assertThat(problem.what()).endsWith(".").doesNotContain("canary", "secret words");
    return problem;
  }

  @Test
  void theAccountIsTheAppsBot() {
    try (LoopbackHost host =
        new LoopbackHost(
            request ->
                CannedAnswer.json(200, request.target().endsWith("/app") ? APP : INSTALLATION))) {
      Proof proof = done(gitHub().prove(host.site("/github"), CREDENTIAL, TestClient.open()));

      assertThat(proof.account()).isEqualTo(new Proof.Account("octobuild[bot]", "42"));
      assertThat(proof.expiresAt()).isEmpty();
      assertThat(proof.scopes().toString()).contains("[contents:read, metadata:read]", "[]");
      assertThat(host.seen())
          .extracting(seen -> seen.method() + " " + seen.target())
          .containsExactly("GET /github/api/v3/app", "GET /github/api/v3/app/installations/7");
      assertThat(host.seen())
          .allSatisfy(
              seen -> assertThat(seen.header("Authorization")).hasValue("Bearer " + SIGNED));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, '{\"message\":\"A JSON web token could not be decoded\"}', TokenRejected, private key",
    "404, '{\"message\":\"Integration not found\"}', TokenRejected, app_id",
    "404, '{\"message\":\"Not Found\"}', NotThisPlatform, 404",
    "403, '{\"message\":\"secret words\"}', TokenRejected, 403",
    "200, '{\"id\":42}', NotThisPlatform, slug"
  })
  void whatIsWrongWithTheApp(int status, String body, Reason reason, String words) {
    CannedAnswer answer = CannedAnswer.json(status, body);
    assertThat(refused(prove(answer, CannedAnswer.json(200, INSTALLATION)), reason).what())
        .contains(words)
        .doesNotContain("clocks");
  }

  @Test
  void aClockThatIsWrongIsHinted() {
    CannedAnswer answer =
        CannedAnswer.json(401, "{\"message\":\"'Issued at' claim ('iat') must be in the past\"}")
            .with("Date", "Sun, 01 Mar 2020 12:00:00 GMT");
    assertThat(refused(prove(answer, answer), Reason.TokenRejected).what())
        .endsWith("or the clocks differ.");
  }

  @ParameterizedTest
  @CsvSource({
    "404, '{\"message\":\"Not Found\"}', TokenRejected, no installation 7",
    "200, '{\"id\":7,\"suspended_at\":\"2026-01-01T00:00:00Z\",\"permissions\":{}}', AccountBlocked, suspended",
    "200, '{\"id\":7}', NotThisPlatform, permissions"
  })
  void whatIsWrongWithTheInstallation(int status, String body, Reason reason, String words) {
    assertThat(
            refused(prove(CannedAnswer.json(200, APP), CannedAnswer.json(status, body)), reason)
                .what())
        .contains(words);
  }

  @Test
  void onlyAnInstallationThatReadsCodeSuffices() {
    Proof proof =
        done(
            prove(
                CannedAnswer.json(200, APP),
                CannedAnswer.json(
                    200,
                    "{\"permissions\":{\"metadata\":\"read\",\"e\\u0000vil\":\"read\",\"issues\":7}}")));
    assertThat(proof.scopes())
        .isInstanceOfSatisfying(
            Scopes.Known.class,
            known -> {
              assertThat(known.granted()).containsExactly("metadata:read");
              assertThat(known.missing()).containsExactly("contents:read");
            });
  }

  @Test
  void anOutageIsNoRefusal() {
    assertThat(prove(_ -> CannedAnswer.of(502))).isInstanceOf(Outcome.Waiting.class);
    assertThat(prove(CannedAnswer.json(200, APP), CannedAnswer.of(502)))
        .isInstanceOf(Outcome.Waiting.class);
  }

  @Test
  void asksForATokenThatCanReadCodeAndNothingElse() {
    try (LoopbackHost host = new LoopbackHost(_ -> CannedAnswer.json(201, MADE))) {
      InstallationToken token =
          done(
              gitHub()
                  .installationTokens()
                  .orElseThrow()
                  .mint(host.site(""), CREDENTIAL, TestClient.open()));

      assertThat(token.login().username()).isEqualTo("x-access-token");
      assertThat(token.login().password().reveal())
          .isEqualTo("ghs_16C7e42F292c6912E7710c838347Ae178B4a");
      assertThat(token.expiresAt()).isEqualTo(Instant.parse("2026-07-11T22:14:10Z"));
      assertThat(token.toString()).doesNotContain("16C7e42F");
      Asked seen = host.seen().getFirst();
      assertThat(seen.method() + " " + seen.target())
          .isEqualTo("POST /api/v3/app/installations/7/access_tokens");
      assertThat(seen.body())
          .isEqualTo("{\"permissions\":{\"contents\":\"read\",\"metadata\":\"read\"}}");
    }
  }

  @Test
  void gitIsGivenATokenOfTheInstallation() {
    try (LoopbackHost host = new LoopbackHost(_ -> CannedAnswer.json(201, MADE))) {
      GitLogin login =
          done(
              gitHub()
                  .asGit(
                      host.site(""),
                      CREDENTIAL,
                      new Proof.Account("octobuild[bot]", "42"),
                      TestClient.open(),
                      Outcome::done));

      assertThat(login.username()).isEqualTo("x-access-token");
      assertThat(login.password().reveal()).isEqualTo("ghs_16C7e42F292c6912E7710c838347Ae178B4a");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"token\":\"ghs_16C7e42F292c6912E7710c838347Ae178B4a\"}",
        "{\"token\":\"ghs 16C7e42F292c6912E7710c8\",\"expires_at\":\"2026-07-11T22:14:10Z\"}",
        "{\"token\":7,\"expires_at\":\"2026-07-11T22:14:10Z\"}",
        "{\"token\":\"ghs_16C7e42F292c6912E7710c838347Ae178B4a\",\"expires_at\":\"soon\"}"
      })
  void takesNothingElseForAToken(String answer) {
    try (LoopbackHost host = new LoopbackHost(_ -> CannedAnswer.json(201, answer))) {
      refused(
          gitHub()
              .installationTokens()
              .orElseThrow()
              .mint(host.site(""), CREDENTIAL, TestClient.open()),
          Reason.NotThisPlatform);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 422})
  void aRefusalIsTold(int status) {
    try (LoopbackHost host =
        new LoopbackHost(_ -> CannedAnswer.json(status, "{\"message\":\"secret words\"}"))) {
      assertThat(
              refused(
                      gitHub()
                          .installationTokens()
                          .orElseThrow()
                          .mint(host.site(""), CREDENTIAL, TestClient.open()),
                      Reason.DeployTokenRefused)
                  .what())
          .contains(String.valueOf(status), "installation 7");
    }
  }

  @ParameterizedTest
  @EnumSource(Platform.class)
  void noOtherPlatformHasApps(Platform platform) {
    assertThat(
            SupportedCodeHosts.all(Clock.systemUTC()).of(platform).installationTokens().isPresent())
        .isEqualTo(platform == Platform.GitHub);
  }
}
