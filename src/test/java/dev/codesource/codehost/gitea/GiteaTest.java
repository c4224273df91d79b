package dev.codesource.codehost.gitea;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.CodeHostContract;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.codehost.TestClient;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answers are those of Gitea's routers/api/v1 and a recorded user of Forgejo. */
class GiteaTest extends CodeHostContract {

  @Override
  protected Platform platform() {
    return Platform.Gitea;
  }

  @Override
  protected String accountPath() {
    return "/api/v1/user";
  }

  @Override
  protected CannedAnswer accountAs(String nameJson, String idJson) {
    return CannedAnswer.json(
        200,
        "{\"id\":%s,\"login\":%s,\"login_name\":\"\",\"is_admin\":false,\"active\":true,\"prohibit_login\":false}"
            .formatted(idJson, nameJson));
  }

  @Override
  protected Scopes scopes() {
    return new Scopes.Unknown();
  }

  @Override
  protected int mostRequests() {
    return 3;
  }

  @Override
  protected Stream<Refusal> refusals() {
    return Stream.of(
        new Refusal(
            "unknown",
            says(401, "invalid username, password or token"),
            Reason.TokenRejected,
            "401"),
        new Refusal(
            "scope",
            says(
                403,
                "token does not have at least one of required scope(s), required=[read:user], token scope=read:repository"),
            Reason.InsufficientScope,
            "The token lacks the scopes read:user, write:repository; it has the scope read:repository."),
        new Refusal(
            "scope, with that for code",
            says(
                403,
                "token does not have at least one of required scope(s), required=[read:user], token scope=write:repository,read:misc"),
            Reason.InsufficientScope,
            "The token lacks the scope read:user; it has the scopes read:misc, write:repository."),
        new Refusal(
            "scope, as Forgejo says it",
            says(403, "token does not have at least one of required scope(s): [read:user]"),
            Reason.InsufficientScope,
            "The token lacks the scope read:user."),
        new Refusal(
            "prohibited",
            says(
                403,
                "This account is prohibited from signing in, please contact your site administrator."),
            Reason.AccountBlocked,
            "may not log on"),
        new Refusal(
            "not activated",
            says(403, "This account is not activated."),
            Reason.AccountBlocked,
            "is not active"),
        new Refusal(
            "password",
            says(403, "You must change your password. Change it at: http://127.0.0.1/user"),
            Reason.AccountBlocked,
            "password"));
  }

  private static CannedAnswer says(int status, String message) {
    return CannedAnswer.json(
        status, "{\"message\":\"%s\",\"url\":\"http://127.0.0.1/api/swagger\"}".formatted(message));
  }

  private static final String NOTIFICATIONS = "/api/v1/notifications/new";
  private static final String REPOSITORIES = "/api/v1/user/repos?limit=1";

  private static CannedAnswer lacksScope(String required, String granted) {
    return says(
        403,
        "token does not have at least one of required scope(s), required=[%s], token scope=%s"
            .formatted(required, granted));
  }

  /** As Forgejo says it, and Gitea before 1.23. */
  private static CannedAnswer lacksScope(String required) {
    return says(
        403, "token does not have at least one of required scope(s): [%s]".formatted(required));
  }

  private Outcome<Proof> asking(Map<String, CannedAnswer> besides) {
    return prove(
        asked ->
            asked.target().equals(accountPath())
                ? account("alice")
                : besides.getOrDefault(asked.target(), CannedAnswer.json(404, "{}")),
        credential());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          read:user                              | write:repository
          read:user,read:repository              | write:repository
          read:user,write:repository             | ''
          public-only,write:repository,read:user | ''
          write:user,write:repository,read:misc  | ''
          """)
  void learnsAllScopesFromTheRefusalOfWhatABindingDoesNotNeed(String granted, String missing) {
    Proof proof = done(asking(Map.of(NOTIFICATIONS, lacksScope("read:notification", granted))));

    assertThat(proof.scopes())
        .isEqualTo(
            new Scopes.Known(
                ApiResponse.scopesIn(granted).orElseThrow(),
                ApiResponse.scopesIn(missing).orElseThrow()));
  }

  @Test
  void asksOneQuestionMoreWhereTheRefusalTellsTheScopes() {
    try (LoopbackHost host =
        new LoopbackHost(
            asked ->
                asked.target().equals(accountPath())
                    ? account("alice")
                    : lacksScope("read:notification", "read:user,write:repository"))) {
      done(codeHost(host.site("")).prove(host.site(""), credential(), TestClient.open()));
      assertThat(host.seen())
          .extracting(Asked::target)
          .containsExactly(accountPath(), NOTIFICATIONS);
    }
  }

  @Test
  void refusesATokenThatMayNotReadCodeWhereScopesAreNotTold() {
    assertThat(
            refused(
                    asking(
                        Map.of(
                            NOTIFICATIONS,
                            lacksScope("read:notification"),
                            REPOSITORIES,
                            lacksScope("read:repository"))),
                    Reason.InsufficientScope)
                .what())
        .isEqualTo("The token lacks the scope write:repository.");
  }

  @Test
  void doesNotKnowWhetherATokenThatMayReadCodeMaySetWebhooks() {
    assertThat(
            done(asking(
                    Map.of(
                        NOTIFICATIONS,
                        lacksScope("read:notification"),
                        REPOSITORIES,
                        CannedAnswer.json(200, "[]"))))
                .scopes())
        .isEqualTo(new Scopes.Unknown());
    assertThat(
            done(asking(
                    Map.of(
                        NOTIFICATIONS,
                        CannedAnswer.json(200, "{\"new\":0}"),
                        REPOSITORIES,
                        CannedAnswer.json(200, "[{\"id\":1}]"))))
                .scopes())
        .isEqualTo(new Scopes.Unknown());
  }

  /** The account is proven: what an addition cannot tell does not take that back. */
  @Test
  void keepsTheAccountWhenTheHostCannotAnswerTheOtherQuestions() {
    for (CannedAnswer odd :
        List.of(
            CannedAnswer.json(404, "{}"),
            CannedAnswer.json(500, "{\"message\":\"\"}"),
            CannedAnswer.html(403, "Forbidden"),
            CannedAnswer.json(403, "{\"message\":\"Forbidden\"}"),
            CannedAnswer.of(302).with("Location", "/login"),
            CannedAnswer.json(200, "[" + "{},".repeat(90_000) + "{}]"))) {
      assertThat(done(asking(Map.of(NOTIFICATIONS, odd, REPOSITORIES, odd))).scopes())
          .isEqualTo(new Scopes.Unknown());
    }
  }

  @Test
  void waitsWhenTheOtherQuestionsMeetARateLimit() {
    CannedAnswer limited = CannedAnswer.text(429, "").with("Retry-After", "8");
    waiting(asking(Map.of(NOTIFICATIONS, limited)), Reason.RateLimited);
    waiting(asking(Map.of(REPOSITORIES, limited)), Reason.RateLimited);
  }

  @Test
  void refusesAnAccountThatMayNotLogOn() {
    CannedAnswer user = account("alice");
    refused(
        prove(user.body(user.body().replace("\"active\":true", "\"active\":false"))),
        Reason.AccountBlocked);
    refused(
        prove(user.body(user.body().replace("prohibit_login\":false", "prohibit_login\":true"))),
        Reason.AccountBlocked);
  }
}
