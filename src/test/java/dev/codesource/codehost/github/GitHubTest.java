package dev.codesource.codehost.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHostContract;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.codehost.TestClient;
import dev.codesource.credential.Credential;
import dev.codesource.http.HostResponse;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * As an Enterprise Server, whose API lies under the site; the answers are the recorded ones and
 * those of GitHub's documentation.
 */
class GitHubTest extends CodeHostContract {

  @Override
  protected Platform platform() {
    return Platform.GitHub;
  }

  @Override
  protected String accountPath() {
    return "/api/v3/user";
  }

  @Override
  protected CannedAnswer accountAs(String nameJson, String idJson) {
    return CannedAnswer.json(
            200,
            "{\"login\":%s,\"id\":%s,\"node_id\":\"MDQ6VXNlcjE=\",\"type\":\"User\"}"
                .formatted(nameJson, idJson))
        .with("X-OAuth-Scopes", "admin:repo_hook, repo")
        .with("X-GitHub-Media-Type", "github.v3; format=json");
  }

  @Override
  protected Scopes scopes() {
    return known(Set.of("admin:repo_hook", "repo"), Set.of());
  }

  /** "wait for at least one minute before retrying", says GitHub of limits without a time. */
  @Override
  protected Optional<Instant> untilNotTold() {
    return Optional.of(NOW.plus(Duration.ofMinutes(1)));
  }

  @Override
  protected Stream<Refusal> refusals() {
    return Stream.of(
        new Refusal(
            "bad credentials",
            CannedAnswer.json(401, "{\"message\":\"Bad credentials\"}"),
            Reason.TokenRejected,
            "401"),
        new Refusal(
            "suspended",
            CannedAnswer.json(
                403,
                "{\"message\":\"Sorry. Your account was suspended. Please contact support.\"}"),
            Reason.AccountBlocked,
            "suspended"),
        new Refusal(
            "single sign-on",
            CannedAnswer.json(
                    403, "{\"message\":\"Resource protected by organization SAML enforcement.\"}")
                .with(
                    "X-GitHub-SSO",
                    "required; url=https://127.0.0.1/orgs/acme/sso?authorization_request=AZSCKtL4"),
            Reason.AccountBlocked,
            "authorize the token at https://127.0.0.1/orgs/acme/sso."),
        new Refusal(
            "single sign-on, told as if nothing were there",
            CannedAnswer.json(404, "{\"message\":\"Not Found\"}").with("X-GitHub-SSO", "required"),
            Reason.AccountBlocked,
            "SAML single sign-on."),
        new Refusal(
            "an app's token",
            CannedAnswer.json(403, "{\"message\":\"Resource not accessible by integration\"}"),
            Reason.TokenRejected,
            "app's"),
        new Refusal(
            "a fine-grained token without the permission",
            CannedAnswer.json(
                403, "{\"message\":\"Resource not accessible by personal access token\"}"),
            Reason.InsufficientScope,
            "lacks a scope"));
  }

  private static Scopes known(Set<String> granted, Set<String> missing) {
    return new Scopes.Known(new TreeSet<>(granted), new TreeSet<>(missing));
  }

  private Proof proveWith(String header, String value) {
    return done(prove(account("alice").without(header).with(header, value)));
  }

  @Test
  void namesThePageToSignOnOnlyWhereItIsTheSitesOwn() {
    CannedAnswer elsewhere =
        CannedAnswer.json(403, "{}")
            .with("X-GitHub-SSO", "required; url=https://phisher.example/orgs/acme/sso");
    assertThat(refused(prove(elsewhere), Reason.AccountBlocked).what()).doesNotContain("phisher");
  }

  @Test
  void knowsThatRepoIncludesTheWebhooksOfRepositories() {
    assertThat(proveWith("X-OAuth-Scopes", "repo").scopes())
        .isEqualTo(known(Set.of("repo"), Set.of()));
    assertThat(proveWith("X-OAuth-Scopes", "gist, admin:repo_hook").scopes())
        .isEqualTo(known(Set.of("gist", "admin:repo_hook"), Set.of("repo")));
    assertThat(proveWith("X-OAuth-Scopes", "public_repo").scopes())
        .isEqualTo(known(Set.of("public_repo"), Set.of("repo", "admin:repo_hook")));
  }

  @Test
  void tellsATokenWithoutScopesFromOneThatHasNone() {
    assertThat(proveWith("X-OAuth-Scopes", "").scopes())
        .isEqualTo(known(Set.of(), Set.of("repo", "admin:repo_hook")));
    assertThat(done(prove(account("alice").without("X-OAuth-Scopes"))).scopes())
        .isEqualTo(new Scopes.Unknown());
  }

  @Test
  void readsBothFormsOfTheExpiry() {
    String header = "GitHub-Authentication-Token-Expiration";
    assertThat(proveWith(header, "2026-09-29 09:53:54 UTC").expiresAt())
        .hasValue(Instant.parse("2026-09-29T09:53:54Z"));
    assertThat(proveWith(header, "2026-04-06 07:42:23 +0100").expiresAt())
        .hasValue(Instant.parse("2026-04-06T06:42:23Z"));
    assertThat(proveWith(header, "next year").expiresAt()).isEmpty();
    assertThat(done(prove(account("alice"))).expiresAt()).isEmpty();
  }

  @Test
  void asksOnceAndForOneVersionOfTheApi() {
    try (LoopbackHost host = host(account("alice"))) {
      done(codeHost(host.site("")).prove(host.site(""), credential(), TestClient.open()));
      assertThat(host.seen()).hasSize(1);
      assertThat(host.seen().getFirst().header("X-GitHub-Api-Version")).hasValue("2022-11-28");
    }
  }

  /** Answers 304 to the ETag that it gave for this token, 401 to an unknown token. */
  private static final class Conditional implements Function<Asked, CannedAnswer> {
    final Map<String, CannedAnswer> byToken = new ConcurrentHashMap<>();
    CannedAnswer notModified = CannedAnswer.of(304);

    @Override
    public CannedAnswer apply(Asked request) {
      String token = request.header("Authorization").orElse("").replaceFirst("^Bearer ", "");
      CannedAnswer answer = byToken.get(token);
      if (answer == null) {
        return CannedAnswer.json(401, "{\"message\":\"Bad credentials\"}");
      }
      return request.header("If-None-Match").filter(tag(token)::equals).isPresent()
          ? notModified
          : answer.with("ETag", tag(token));
    }

    static String tag(String token) {
      return "W/\"" + Integer.toHexString(token.hashCode()) + "\"";
    }
  }

  private static List<Optional<String>> conditions(LoopbackHost host) {
    return host.seen().stream().map(request -> request.header("If-None-Match")).toList();
  }

  @Test
  void asksWhetherItsLastAnswerStillHolds() {
    Conditional answers = new Conditional();
    answers.byToken.put(
        TOKEN,
        account("alice").with("GitHub-Authentication-Token-Expiration", "2026-09-29 09:53:54 UTC"));
    try (LoopbackHost host = new LoopbackHost(answers)) {
      CodeHost gitHub = codeHost(host.site(""));
      Proof first = done(gitHub.prove(host.site(""), credential(), TestClient.open()));
      Proof second = done(gitHub.prove(host.site(""), credential(), TestClient.open()));

      assertThat(conditions(host))
          .containsExactly(Optional.empty(), Optional.of(Conditional.tag(TOKEN)));
      assertThat(second).isEqualTo(first);
      assertThat(second.scopes()).isEqualTo(scopes());
      assertThat(second.expiresAt()).hasValue(Instant.parse("2026-09-29T09:53:54Z"));
    }
  }

  @Test
  void believesTheHeadersThatComeWithTheConfirmation() {
    Conditional answers = new Conditional();
    answers.byToken.put(TOKEN, account("alice"));
    answers.notModified = CannedAnswer.of(304).with("X-OAuth-Scopes", "gist");
    try (LoopbackHost host = new LoopbackHost(answers)) {
      CodeHost gitHub = codeHost(host.site(""));
      done(gitHub.prove(host.site(""), credential(), TestClient.open()));
      assertThat(done(gitHub.prove(host.site(""), credential(), TestClient.open())).scopes())
          .isEqualTo(known(Set.of("gist"), Set.of("repo", "admin:repo_hook")));
    }
  }

  @Test
  void believesNoConfirmationThatItDidNotAskFor() {
    refused(prove(CannedAnswer.of(304)), Reason.NotThisPlatform);
    // Not even after an answer, when that had no validator that can be sent.
    for (String tag : List.of("", "unquoted", "\"a\"b\"", "\"" + "a".repeat(300) + "\"")) {
      List<CannedAnswer> answers =
          new ArrayList<>(List.of(account("alice").with("ETag", tag), CannedAnswer.of(304)));
      try (LoopbackHost host = new LoopbackHost(_ -> answers.removeFirst())) {
        CodeHost gitHub = codeHost(host.site(""));
        done(gitHub.prove(host.site(""), credential(), TestClient.open()));
        refused(
            gitHub.prove(host.site(""), credential(), TestClient.open()), Reason.NotThisPlatform);
        assertThat(conditions(host)).containsOnly(Optional.empty());
      }
    }
  }

  @Test
  void sendsWhatItKnowsWithTheVeryTokenOnly() {
    String other = "canary-0000000000000000";
    Conditional answers = new Conditional();
    answers.byToken.put(TOKEN, account("alice"));
    answers.byToken.put(other, account("bob"));
    try (LoopbackHost host = new LoopbackHost(answers);
        LoopbackHost elsewhere = new LoopbackHost(answers)) {
      CodeHost gitHub = codeHost(host.site(""));
      done(gitHub.prove(host.site(""), credential(), TestClient.open()));
      assertThat(
              done(gitHub.prove(host.site(""), Credential.of(other), TestClient.open()))
                  .account()
                  .username())
          .isEqualTo("bob");
      done(gitHub.prove(elsewhere.site(""), credential(), TestClient.open()));

      assertThat(conditions(host)).containsOnly(Optional.empty());
      assertThat(conditions(elsewhere)).containsOnly(Optional.empty());
    }
  }

  @Test
  void believesAtOnceThatATokenIsRevokedAndForgetsIt() {
    Conditional answers = new Conditional();
    answers.byToken.put(TOKEN, account("alice"));
    try (LoopbackHost host = new LoopbackHost(answers)) {
      CodeHost gitHub = codeHost(host.site(""));
      done(gitHub.prove(host.site(""), credential(), TestClient.open()));
      answers.byToken.remove(TOKEN);
      refused(gitHub.prove(host.site(""), credential(), TestClient.open()), Reason.TokenRejected);
      answers.byToken.put(TOKEN, account("carol"));
      assertThat(
              done(gitHub.prove(host.site(""), credential(), TestClient.open()))
                  .account()
                  .username())
          .isEqualTo("carol");
      assertThat(conditions(host))
          .containsExactly(Optional.empty(), Optional.of(Conditional.tag(TOKEN)), Optional.empty());
    }
  }

  @Test
  void knowsWhereTheApiOfEachEditionLies() {
    assertThat(asked("github.com", "")).hasToString("https://api.github.com/user");
    assertThat(asked("acme.ghe.com", "")).hasToString("https://api.acme.ghe.com/user");
    assertThat(asked("git.example.com", "/ghe"))
        .hasToString("https://git.example.com/ghe/api/v3/user");
    assertThat(asked("github.com.example", ""))
        .hasToString("https://github.com.example/api/v3/user");
  }

  /** What is asked of a host that no test may ask. */
  private static URI asked(String host, String path) {
    List<URI> asked = new ArrayList<>();
    new GitHub(CLOCK)
        .prove(
            new SiteUrl(new Origin(Origin.Scheme.HTTPS, host, 443), path),
            Credential.of(TOKEN),
            request -> {
              asked.add(request.uri());
              return Outcome.done(new HostResponse(404, Map.of(), ""));
            });
    return asked.getFirst();
  }

  @Test
  void holdsAUsedUpQuotaAgainstTheAccountOnly() {
    for (int status : List.of(403, 429)) {
      var waiting =
          waiting(
              prove(
                  CannedAnswer.json(status, "{\"message\":\"API rate limit exceeded\"}")
                      .with("X-RateLimit-Remaining", "0")
                      .with("X-RateLimit-Reset", epoch(NOW.plusSeconds(600)))),
              Reason.RateLimited);
      assertThat(waiting.until()).hasValue(NOW.plusSeconds(600));
      assertThat(waiting.scope()).isEqualTo(Outcome.Scope.CREDENTIAL);
    }
  }

  @Test
  void holdsASecondaryLimitAgainstTheHost() {
    for (CannedAnswer limited :
        List.of(
            CannedAnswer.json(403, "{\"message\":\"You have exceeded a secondary rate limit.\"}"),
            CannedAnswer.json(403, "{}").with("gh-limited-by", "search"),
            CannedAnswer.json(
                403, "{\"message\":\"You have triggered an abuse detection mechanism\"}"),
            CannedAnswer.json(
                403, "{\"message\":\"Maximum number of login attempts exceeded.\"}"))) {
      CannedAnswer quotaLeft =
          limited
              .with("X-RateLimit-Remaining", "4000")
              .with("X-RateLimit-Reset", epoch(NOW.plusSeconds(3)));
      var waiting = waiting(prove(quotaLeft), Reason.RateLimited);
      assertThat(waiting.until()).hasValue(NOW.plusSeconds(60));
      assertThat(waiting.scope()).isEqualTo(Outcome.Scope.HOST);
    }
  }

  private static String epoch(Instant instant) {
    return String.valueOf(instant.getEpochSecond());
  }
}
