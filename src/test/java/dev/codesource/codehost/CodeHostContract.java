package dev.codesource.codehost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.Proof.Account;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Done;
import dev.codesource.reason.Outcome.Refused;
import dev.codesource.reason.Outcome.Waiting;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every code host does, over real sockets. A subclass says how its platform words an answer,
 * and adds what only that platform has.
 */
public abstract class CodeHostContract {
  public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  public static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  public static final String TOKEN = "canary-7f3a90c1d2e84b56";

  /**
   * A refusal in the platform's own words.
   *
   * @param words that the message has in it
   */
  public record Refusal(String what, CannedAnswer answer, Reason reason, String words) {}

  /** An answer of another platform. */
  private record Foreign(Platform platform, String title, CannedAnswer answer) {}

  protected abstract Platform platform();

  /** The path, below the site's, at which the account is asked for. */
  protected abstract String accountPath();

  /** The platform's answer there, with the name and the identifier as JSON has them. */
  protected abstract CannedAnswer accountAs(String nameJson, String idJson);

  /** Scopes that the platform tells with the answers here. */
  protected abstract Scopes scopes();

  /** What the platform refuses an account's question with. */
  protected abstract Stream<Refusal> refusals();

  /** What the platform answers to its other requests when all is well. */
  protected CannedAnswer besides(Asked request) {
    return CannedAnswer.json(404, "{}");
  }

  /** The implementation that is asked about this site. */
  protected CodeHost codeHost(SiteUrl site) {
    return SupportedCodeHosts.all(CLOCK).of(platform());
  }

  /** Until when a rate limit lasts whose end is not told. */
  protected Optional<Instant> untilNotTold() {
    return Optional.empty();
  }

  /** An identifier as the platform has them, in JSON. */
  protected String idJson() {
    return "9007199254740993";
  }

  protected CannedAnswer account(String name) {
    return accountAs('"' + name + '"', idJson());
  }

  protected Credential credential() {
    return Credential.of(TOKEN);
  }

  // Who it is.

  @Test
  protected void readsTheAccount() {
    Proof proof = done(prove(account("alice")));
    assertThat(proof.account()).isEqualTo(new Account("alice", idJson().replace("\"", "")));
  }

  @Test
  protected void keepsTheCaseOfAName() {
    assertThat(done(prove(account("Alice-B.C_d"))).account().username()).isEqualTo("Alice-B.C_d");
  }

  @Test
  protected void readsWhatThePlatformTellsOfScopes() {
    assertThat(done(prove(account("alice"))).scopes()).isEqualTo(scopes());
  }

  @Test
  protected void needsScopesToReadCodeAndSetWebhooks() {
    try (LoopbackHost host = new LoopbackHost(this::besides)) {
      assertThat(codeHost(host.site("")).requiredScopes()).isNotEmpty();
      assertThat(codeHost(host.site("")).platform()).isEqualTo(platform());
    }
  }

  // How it is asked.

  /** How many requests a verification takes at most. */
  protected int mostRequests() {
    return 2;
  }

  @Test
  protected void asksFewQuestionsThatChangeNothing() {
    for (CannedAnswer answer : List.of(account("alice"), CannedAnswer.json(404, "{}"))) {
      try (LoopbackHost host = host(answer)) {
        ask(host, "");
        assertThat(host.seen()).hasSizeBetween(1, mostRequests());
        assertThat(host.seen()).extracting(Asked::method).containsOnly("GET");
      }
    }
  }

  @Test
  protected void sendsTheTokenInOneHeaderAndNowhereElse() {
    try (LoopbackHost host = host(account("alice"))) {
      ask(host, "");
      for (Asked request : host.seen()) {
        assertThat(request.header("Authorization")).hasValue("Bearer " + TOKEN);
        assertThat(request.target() + request.body()).doesNotContain(TOKEN);
        request
            .headers()
            .forEach(
                (name, values) -> {
                  if (!name.equals("authorization")) {
                    assertThat(values.toString()).as(name).doesNotContain(TOKEN);
                  }
                });
      }
    }
  }

  @Test
  protected void saysWhoItIsAndThatItWantsJson() {
    try (LoopbackHost host = host(account("alice"))) {
      ask(host, "");
      for (Asked request : host.seen()) {
        assertThat(request.header("User-Agent").orElse("")).isNotBlank();
        assertThat(request.header("Accept").orElse("")).contains("json");
      }
    }
  }

  @Test
  protected void keepsThePathOfASiteThatLiesUnderOne() {
    try (LoopbackHost host = hostUnder("/code/host", account("alice"))) {
      done(ask(host, "/code/host"));
      assertThat(host.seen()).allMatch(request -> request.target().startsWith("/code/host/"));
    }
  }

  // What is no answer of the platform.

  protected Stream<CannedAnswer> misshapenAccounts() {
    String quoted = "\"alice\"";
    return Stream.of(
            List.of("null", idJson()),
            List.of("42", idJson()),
            List.of("true", idJson()),
            List.of("[\"alice\"]", idJson()),
            List.of("{\"name\":\"alice\"}", idJson()),
            List.of("\"\"", idJson()),
            List.of("\"  \"", idJson()),
            List.of('"' + "a".repeat(256) + '"', idJson()),
            List.of("\"alice\\u0000\"", idJson()),
            List.of("\"alice\\nbob\"", idJson()),
            List.of("\"alice\\u202ebob\"", idJson()),
            List.of("\"alice\\ud800\"", idJson()),
            List.of(quoted, "null"),
            List.of(quoted, "[7]"),
            List.of(quoted, "{}"),
            List.of(quoted, "-1"),
            List.of(quoted, "1.5"),
            List.of(quoted, "\"\""))
        .map(pair -> accountAs(pair.getFirst(), pair.getLast()));
  }

  @TestFactory
  protected Stream<DynamicTest> takesNoMisshapenAccount() {
    return misshapenAccounts()
        .map(
            answer ->
                dynamicTest(
                    shortened(answer.body()),
                    () -> refused(prove(answer), Reason.NotThisPlatform)));
  }

  @TestFactory
  protected Stream<DynamicTest> takesNoBrokenJson() {
    String good = account("alice").body();
    Map<String, String> broken =
        Map.of(
            "cut off",
            good.substring(0, good.length() - 2),
            "an array",
            "[" + good + "]",
            "a text",
            "\"alice\"",
            "nothing",
            "",
            "null",
            "null",
            "another object behind",
            good + good,
            "an empty object",
            "{}",
            "too deep",
            "{\"a\":".repeat(5000) + "1" + "}".repeat(5000),
            "a number without end",
            "{\"id\":" + "9".repeat(5000) + "}");
    return broken.entrySet().stream()
        .map(
            body ->
                dynamicTest(
                    body.getKey(),
                    () ->
                        refused(
                            proveAlways(account("alice").body(body.getValue())),
                            Reason.NotThisPlatform)));
  }

  @Test
  protected void takesNoPageForAnAnswer() {
    for (int status : List.of(200, 401, 403, 404)) {
      Problem problem =
          refused(proveAlways(CannedAnswer.html(status, "Sign in")), Reason.NotThisPlatform);
      assertThat(problem.what()).contains("HTML", String.valueOf(status));
    }
  }

  @Test
  protected void takesNoJsonThatIsServedAsAPage() {
    CannedAnswer page =
        account("alice").without("Content-Type").with("Content-Type", "text/html; charset=utf-8");
    refused(proveAlways(page), Reason.NotThisPlatform);
  }

  @Test
  protected void takesJsonThatSaysItIsSome() {
    CannedAnswer typed =
        account("alice")
            .without("Content-Type")
            .with("Content-Type", "application/vnd.example+json; charset=utf-8");
    done(prove(typed));
  }

  @Test
  protected void takesJsonThatDoesNotSayWhatItIs() {
    done(prove(account("alice").without("Content-Type")));
  }

  @Test
  protected void takesNoOtherStatusForAnAnswer() {
    for (int status : List.of(204, 400, 404, 405, 410, 418)) {
      CannedAnswer answer = CannedAnswer.json(status, "{\"message\":\"no\"}");
      refused(proveAlways(answer), Reason.NotThisPlatform);
    }
  }

  @Test
  protected void takesNoAnswerThatRepeatsTheToken() {
    String encoded = Base64.getEncoder().encodeToString(TOKEN.getBytes(StandardCharsets.UTF_8));
    for (String secret : List.of(TOKEN, encoded)) {
      Problem problem = refused(prove(account("x-" + secret)), Reason.NotThisPlatform);
      assertThat(problem.message()).doesNotContain(secret);
    }
    refused(prove(account("alice").with("X-Echo", TOKEN)), Reason.NotThisPlatform);
  }

  @TestFactory
  protected Stream<DynamicTest> namesTheProductThatAnswersInstead() {
    return foreign()
        .filter(foreign -> foreign.platform() != platform())
        .map(
            foreign ->
                dynamicTest(
                    foreign.title() + " " + shortened(foreign.answer().body()),
                    () ->
                        assertThat(
                                refused(proveAlways(foreign.answer()), Reason.NotThisPlatform)
                                    .what())
                            .isEqualTo(
                                "That address answers as %s does, and spec.platform is %s.",
                                foreign.title(), platform())));
  }

  private static Stream<Foreign> foreign() {
    return Stream.of(
        new Foreign(
            Platform.GitLab,
            "GitLab",
            CannedAnswer.json(401, "{\"message\":\"401 Unauthorized\"}")
                .with("X-Gitlab-Meta", "{\"correlation_id\":\"1\",\"version\":\"1\"}")),
        new Foreign(Platform.GitLab, "GitLab", CannedAnswer.html(200, "Sign in · GitLab")),
        new Foreign(
            Platform.GitLab,
            "GitLab",
            CannedAnswer.html(404, "Not here").with("Set-Cookie", "_gitlab_session=1; path=/")),
        new Foreign(
            Platform.GitHub,
            "GitHub",
            CannedAnswer.json(404, "{\"message\":\"Not Found\"}")
                .with("X-GitHub-Request-Id", "D236:47C4")),
        new Foreign(
            Platform.GitHub,
            "GitHub",
            CannedAnswer.json(
                404,
                "{\"message\":\"Not Found\",\"documentation_url\":\"https://docs.github.com/rest\"}")),
        new Foreign(Platform.Gitee, "Gitee", CannedAnswer.html(404, "404 - Gitee.com")),
        new Foreign(
            Platform.Gitee,
            "Gitee",
            CannedAnswer.text(404, "no").with("Set-Cookie", "gitee-session-n=1; path=/")),
        new Foreign(
            Platform.Gitee,
            "Gitee",
            CannedAnswer.json(200, "{\"id\":1,\"login\":\"alice\",\"stared\":1,\"watched\":2}")),
        new Foreign(
            Platform.Gitea,
            "Gitea",
            CannedAnswer.html(404, "Page Not Found - Gitea: Git with a cup of tea")),
        new Foreign(
            Platform.Gitea,
            "Gitea",
            CannedAnswer.text(404, "Not found.\n")
                .with("Set-Cookie", "lang=en-US; Path=/")
                .with("Set-Cookie", "i_like_gitea=9f0f2b57e7c5a1d4; Path=/; HttpOnly")),
        new Foreign(
            Platform.Gitea,
            "Gitea",
            CannedAnswer.json(
                401,
                "{\"message\":\"token is required\",\"url\":\"https://git.example.com/api/swagger\"}")),
        new Foreign(
            Platform.Gitea,
            "Forgejo",
            CannedAnswer.of(404)
                .with("Content-Type", "text/html")
                .body(
                    "<html><head><title>Not found</title><meta name=\"author\" content=\"Forgejo – Beyond coding. We Forge.\"></head></html>")),
        new Foreign(
            Platform.Bitbucket,
            "Bitbucket",
            CannedAnswer.text(401, "")
                .with("WWW-Authenticate", "Basic realm=\"Bitbucket.org HTTP\"")),
        new Foreign(
            Platform.Bitbucket,
            "a server product of Atlassian",
            CannedAnswer.html(404, "Dead link").with("X-AREQUESTID", "@1XJ8A9Lx720x43x0")));
  }

  /** A proxy, or a product that was made from another one, may set that one's cookies. */
  @Test
  protected void believesItsRefusalDespiteOtherProductsCookies() {
    refused(
        proveAlways(
            CannedAnswer.json(401, "{\"message\":\"401 Unauthorized\"}")
                .with("Set-Cookie", "_gitlab_session=1; path=/")
                .with("Set-Cookie", "_gh_sess=1; path=/")),
        Reason.TokenRejected);
  }

  // What the platform says no with.

  @TestFactory
  protected Stream<DynamicTest> readsWhyThePlatformRefuses() {
    return refusals()
        .map(
            refusal ->
                dynamicTest(
                    refusal.what(),
                    () ->
                        assertThat(refused(prove(refusal.answer()), refusal.reason()).what())
                            .contains(refusal.words())));
  }

  @Test
  protected void refusesATokenThatNobodyKnows() {
    refused(
        proveAlways(CannedAnswer.json(401, "{\"message\":\"401 Unauthorized\"}")),
        Reason.TokenRejected);
  }

  @Test
  protected void refusesATokenThatIsForbiddenWithoutAReason() {
    refused(
        proveAlways(CannedAnswer.json(403, "{\"message\":\"403 Forbidden\"}")),
        Reason.TokenRejected);
  }

  @Test
  protected void goesByTheStatusAndNotByTheBody() {
    CannedAnswer good = account("alice");
    refused(proveAlways(new CannedAnswer(401, good.headers(), good.body())), Reason.TokenRejected);
  }

  @Test
  protected void repeatsNothingOfWhatAHostSays() {
    String marker = "words-of-a-stranger";
    for (int status : List.of(200, 400, 401, 403, 404, 429, 500, 503)) {
      CannedAnswer answer =
          CannedAnswer.json(
                  status,
                  "{\"message\":\"%1$s\",\"error\":\"%1$s\",\"error_description\":\"%1$s\"}"
                      .formatted(marker))
              .with("X-Remark", marker);
      assertThat(proveAlways(answer).toString()).doesNotContain(marker);
    }
  }

  // What passes by itself.

  @Test
  protected void waitsAsManySecondsAsItIsTold() {
    CannedAnswer limited = CannedAnswer.text(429, "Retry later\n").with("Retry-After", "8");
    assertThat(waiting(proveAlways(limited), Reason.RateLimited).until())
        .hasValue(NOW.plusSeconds(8));
  }

  @Test
  protected void waitsUntilTheDateItIsToldByTheHostsOwnClock() {
    CannedAnswer limited =
        CannedAnswer.json(429, "{}")
            .with("Date", "Fri, 07 Feb 2020 20:33:31 GMT")
            .with("Retry-After", "Fri, 07 Feb 2020 20:33:39 GMT");
    assertThat(waiting(proveAlways(limited), Reason.RateLimited).until())
        .hasValue(NOW.plusSeconds(8));
  }

  @Test
  protected void waitsWithoutBeingToldUntilWhen() {
    for (CannedAnswer limited :
        List.of(
            CannedAnswer.text(429, "Retry later\n"),
            CannedAnswer.text(429, "").with("Retry-After", "soon"),
            CannedAnswer.text(429, "").with("Retry-After", "-5"))) {
      assertThat(waiting(proveAlways(limited), Reason.RateLimited).until())
          .isEqualTo(untilNotTold());
    }
  }

  @Test
  protected void waitsNoLongerThanAnHourOnAHostsWord() {
    for (String absurd : List.of("999999999999999999", "86400", "Thu, 07 Feb 2999 20:33:39 GMT")) {
      CannedAnswer limited = CannedAnswer.text(429, "").with("Retry-After", absurd);
      assertThat(waiting(proveAlways(limited), Reason.RateLimited).until())
          .hasValue(NOW.plus(Duration.ofHours(1)));
    }
  }

  @Test
  protected void sparesTheWholeHostWhenItIsLimited() {
    CannedAnswer limited = CannedAnswer.text(429, "Retry later\n").with("Retry-After", "8");
    assertThat(waiting(proveAlways(limited), Reason.RateLimited).scope())
        .isEqualTo(Outcome.Scope.HOST);
  }

  @Test
  protected void takesAnErrorOfTheServerForAnOutage() {
    for (CannedAnswer broken :
        List.of(
            CannedAnswer.json(500, "{\"message\":\"\"}"),
            CannedAnswer.text(502, "Bad Gateway"),
            CannedAnswer.html(503, "Unicorn!"),
            CannedAnswer.of(504),
            CannedAnswer.of(599))) {
      Waiting<Proof> waiting = waiting(proveAlways(broken), Reason.ServerError);
      assertThat(waiting.until()).isEmpty();
      assertThat(waiting.problem().what()).contains(String.valueOf(broken.status()));
    }
  }

  @Test
  protected void waitsAsLongAsAHostUnderMaintenanceAsks() {
    CannedAnswer maintenance = CannedAnswer.html(503, "Back soon").with("Retry-After", "120");
    assertThat(waiting(proveAlways(maintenance), Reason.ServerError).until())
        .hasValue(NOW.plusSeconds(120));
  }

  @Test
  protected void tellsAProblemAlikeEachTime() {
    CannedAnswer limited = CannedAnswer.text(429, "");
    assertThat(waiting(proveAlways(limited.with("Retry-After", "8")), Reason.RateLimited).problem())
        .isEqualTo(
            waiting(proveAlways(limited.with("Retry-After", "9")), Reason.RateLimited).problem());
  }

  // What the way to the host says.

  @Test
  protected void followsNoRedirect() {
    try (LoopbackHost host =
        new LoopbackHost(_ -> CannedAnswer.of(302).with("Location", "/elsewhere"))) {
      refused(ask(host, ""), Reason.Redirected);
      assertThat(host.seen()).hasSize(1);
    }
  }

  @Test
  protected void saysThatNothingListens() {
    LoopbackHost host = host(account("alice"));
    host.close();
    waiting(ask(host, ""), Reason.ConnectionRefused);
  }

  // How the tests ask.

  /** The platform with this answer to the account's question, and its others all right. */
  protected final LoopbackHost host(CannedAnswer account) {
    return hostUnder("", account);
  }

  private LoopbackHost hostUnder(String path, CannedAnswer account) {
    return new LoopbackHost(
        request -> {
          if (!request.target().startsWith(path + "/")) {
            return CannedAnswer.html(404, "Not found");
          }
          String target = request.target().substring(path.length());
          return target.equals(accountPath())
              ? account
              : besides(new Asked(request.method(), target, request.headers(), request.body()));
        });
  }

  protected final Outcome<Proof> prove(CannedAnswer account) {
    try (LoopbackHost host = host(account)) {
      return ask(host, "");
    }
  }

  /** With this answer to whatever is asked. */
  protected final Outcome<Proof> proveAlways(CannedAnswer answer) {
    try (LoopbackHost host = new LoopbackHost(_ -> answer)) {
      return ask(host, "");
    }
  }

  protected final Outcome<Proof> prove(
      Function<Asked, CannedAnswer> answers, Credential credential) {
    try (LoopbackHost host = new LoopbackHost(answers)) {
      return codeHost(host.site("")).prove(host.site(""), credential, TestClient.open());
    }
  }

  private Outcome<Proof> ask(LoopbackHost host, String path) {
    SiteUrl site = host.site(path);
    return codeHost(site).prove(site, credential(), TestClient.open());
  }

  protected static Proof done(Outcome<Proof> outcome) {
    assertThat(outcome).isInstanceOf(Done.class);
    return ((Done<Proof>) outcome).value();
  }

  protected static Problem refused(Outcome<Proof> outcome, Reason reason) {
    assertThat(outcome).isInstanceOf(Refused.class);
    Problem problem = ((Refused<Proof>) outcome).problem();
    assertThat(problem.reason()).as(problem.what()).isEqualTo(reason);
    assertThat(problem.what()).endsWith(".").doesNotContain(TOKEN);
    return problem;
  }

  protected static Waiting<Proof> waiting(Outcome<Proof> outcome, Reason reason) {
    assertThat(outcome).isInstanceOf(Waiting.class);
    Waiting<Proof> waiting = (Waiting<Proof>) outcome;
    assertThat(waiting.problem().reason()).as(waiting.problem().what()).isEqualTo(reason);
    assertThat(waiting.problem().what()).endsWith(".").doesNotContain(TOKEN);
    return waiting;
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
