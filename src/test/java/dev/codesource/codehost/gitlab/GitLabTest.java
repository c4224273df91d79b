package dev.codesource.codehost.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHostContract;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.codehost.TestClient;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The answers are those of GitLab's documentation and of lib/api/api_guard.rb. */
class GitLabTest extends CodeHostContract {
  private static final String SELF = "/api/v4/personal_access_tokens/self";
  private static final String USER = "/api/v4/user";
  private static final String INFO = "/oauth/token/info";
  private static final String OAUTH_TOKEN = "0123456789abcdef".repeat(4);

  @Override
  protected Platform platform() {
    return Platform.GitLab;
  }

  @Override
  protected String accountPath() {
    return USER;
  }

  @Override
  protected CannedAnswer accountAs(String nameJson, String idJson) {
    return CannedAnswer.json(
        200,
        "{\"id\":%s,\"username\":%s,\"state\":\"active\",\"web_url\":\"https://gitlab.example\"}"
            .formatted(idJson, nameJson));
  }

  @Override
  protected CannedAnswer besides(Asked request) {
    return request.target().equals(SELF)
        ? self("[\"api\",\"read_user\"]", "\"2026-12-31\"")
        : super.besides(request);
  }

  @Override
  protected Scopes scopes() {
    return new Scopes.Known(new TreeSet<>(Set.of("api", "read_user")), new TreeSet<>());
  }

  @Override
  protected Stream<Refusal> refusals() {
    return Stream.of(
        new Refusal(
            "expired",
            invalidToken("Token is expired. You can either do re-authorization or token refresh."),
            Reason.TokenExpired,
            "expired"),
        new Refusal(
            "revoked",
            invalidToken("Token was revoked. You have to re-authorize from the user."),
            Reason.TokenRevoked,
            "revoked"),
        new Refusal(
            "impersonation",
            invalidToken("Token is an impersonation token but impersonation was disabled."),
            Reason.TokenRejected,
            "401"),
        new Refusal(
            "scope",
            CannedAnswer.json(
                403,
                "{\"error\":\"insufficient_scope\",\"error_description\":\"The request requires higher privileges than provided by the access token.\",\"scope\":\"api read_user\"}"),
            Reason.InsufficientScope,
            "api"),
        blocked("403 Forbidden - Your account has been blocked.", "is blocked"),
        blocked(
            "403 Forbidden - Your account is pending approval from your administrator and hence blocked.",
            "waits for the approval"),
        blocked(
            "403 Forbidden - Your account has been deactivated by your administrator. Please log back in from a web browser to reactivate your account at http://127.0.0.1",
            "is deactivated"),
        blocked(
            "403 Forbidden - You (@alice) must accept the Terms of Service in order to perform this action.",
            "terms of service"),
        blocked(
            "403 Forbidden - Your password expired. Please access GitLab from a web browser to update your password.",
            "password"));
  }

  private static Refusal blocked(String message, String word) {
    return new Refusal(
        message,
        CannedAnswer.json(403, "{\"message\":\"" + message + "\"}"),
        Reason.AccountBlocked,
        word);
  }

  private static CannedAnswer invalidToken(String why) {
    return CannedAnswer.json(
        401, "{\"error\":\"invalid_token\",\"error_description\":\"" + why + "\"}");
  }

  private static CannedAnswer self(String scopesJson, String expiresJson) {
    return CannedAnswer.json(
        200,
        "{\"id\":42,\"name\":\"builds\",\"revoked\":false,\"active\":true,\"user_id\":7,\"scopes\":%s,\"expires_at\":%s}"
            .formatted(scopesJson, expiresJson));
  }

  private Function<Asked, CannedAnswer> answering(String path, CannedAnswer answer) {
    return request ->
        request.target().equals(path)
            ? answer
            : request.target().equals(USER) ? account("alice") : CannedAnswer.json(404, "{}");
  }

  private Outcome<Proof> proveSelf(CannedAnswer self) {
    return prove(answering(SELF, self), Credential.of(TOKEN));
  }

  private Outcome<Proof> proveInfo(CannedAnswer info) {
    return prove(
        answering(INFO, info),
        new Credential(new Token(TOKEN), Optional.empty(), Credential.Source.OAUTH, ""));
  }

  @Test
  void expiresAtMidnightUtcOfTheDateItTells() {
    assertThat(done(proveSelf(self("[\"api\"]", "\"2026-03-02\""))).expiresAt())
        .hasValue(Instant.parse("2026-03-02T00:00:00Z"));
    assertThat(done(proveSelf(self("[\"api\"]", "null"))).expiresAt()).isEmpty();
  }

  @Test
  void takesATokenForExpiredOnItsDate() {
    refused(proveSelf(self("[\"api\"]", "\"2026-03-01\"")), Reason.TokenExpired);
  }

  @Test
  void goesByTheHostsClockForWhatHasExpired() {
    CannedAnswer self = self("[\"api\"]", "\"2026-03-01\"");
    done(proveSelf(self.with("Date", "Sat, 28 Feb 2026 23:59:59 GMT")));
  }

  @Test
  void refusesARevokedOrInactiveToken() {
    CannedAnswer self = self("[\"api\"]", "null");
    refused(
        proveSelf(self.body(self.body().replace("\"revoked\":false", "\"revoked\":true"))),
        Reason.TokenRevoked);
    refused(
        proveSelf(self.body(self.body().replace("\"active\":true", "\"active\":false"))),
        Reason.TokenRejected);
  }

  @Test
  void namesTheScopeThatIsMissing() {
    assertThat(done(proveSelf(self("[\"read_api\"]", "null"))).scopes())
        .isEqualTo(
            new Scopes.Known(new TreeSet<>(Set.of("read_api")), new TreeSet<>(Set.of("api"))));
  }

  @Test
  void namesTheScopesThatThereAreWhenTheyDoNotSufficeForTheAccount() {
    Function<Asked, CannedAnswer> answers =
        request ->
            request.target().equals(SELF)
                ? self("[\"write_repository\"]", "null")
                : CannedAnswer.json(
                    403, "{\"error\":\"insufficient_scope\",\"scope\":\"api read_user\"}");
    assertThat(refused(prove(answers, Credential.of(TOKEN)), Reason.InsufficientScope).what())
        .isEqualTo("The token lacks the scope api; it has the scope write_repository.");
  }

  @Test
  void asksOnlyForTheAccountWhereAVersionCannotSayMore() {
    for (int status : List.of(400, 404)) {
      Proof proof = done(proveSelf(CannedAnswer.json(status, "{\"message\":\"no\"}")));
      assertThat(proof.account().username()).isEqualTo("alice");
      assertThat(proof.scopes()).isEqualTo(new Scopes.Unknown());
      assertThat(proof.expiresAt()).isEmpty();
    }
  }

  @Test
  void takesNoMisshapenIntrospection() {
    for (CannedAnswer self :
        List.of(
            self("\"a b\\u0000\"", "null"),
            self("null", "null"),
            self("[1]", "null"),
            self("[\"api\",null]", "null"),
            self("[\"<script>\"]", "null"),
            self("[\"api\"]", "\"tomorrow\""),
            self("[\"api\"]", "20261231"),
            self("[\"api\"]", "\"2026-02-30\""))) {
      refused(proveSelf(self), Reason.NotThisPlatform);
    }
  }

  @Test
  void refusesAnAccountThatIsNotActive() {
    for (String state : List.of("blocked", "banned", "deactivated", "blocked_pending_approval")) {
      CannedAnswer user = account("alice");
      refused(
          prove(user.body(user.body().replace("\"active\"", '"' + state + '"'))),
          Reason.AccountBlocked);
    }
  }

  @Test
  void takesTheAccountOfAProjectTokenForWhatItIs() {
    assertThat(done(prove(account("project_7_bot_1f2e3d"))).account().username())
        .isEqualTo("project_7_bot_1f2e3d");
  }

  @Test
  void asksAnOAuthTokenAboutItself() {
    Proof proof =
        done(
            proveInfo(
                info(
                    "\"expires_in\":7000,\"created_at\":"
                        + NOW.minusSeconds(200).getEpochSecond())));
    assertThat(proof.scopes())
        .isEqualTo(new Scopes.Known(new TreeSet<>(Set.of("api")), new TreeSet<>()));
    assertThat(proof.expiresAt()).hasValue(NOW.plusSeconds(7000));
  }

  @Test
  void tellsTheSameExpiryOfAnOAuthTokenEachTime() {
    long created = NOW.minusSeconds(200).getEpochSecond();
    for (int remaining : List.of(6998, 6999, 7000, 7001)) {
      assertThat(
              done(proveInfo(info("\"expires_in\":" + remaining + ",\"created_at\":" + created)))
                  .expiresAt())
          .hasValue(NOW.plusSeconds(7000));
    }
  }

  @Test
  void takesAnOAuthTokenWithoutExpiryForOne() {
    assertThat(done(proveInfo(info("\"expires_in\":null,\"created_at\":1"))).expiresAt()).isEmpty();
    assertThat(
            done(proveInfo(info("\"expires_in\":99999999999999,\"created_at\":\"x\""))).expiresAt())
        .isEmpty();
  }

  private static CannedAnswer info(String fields) {
    return CannedAnswer.json(200, "{\"resource_owner_id\":7,\"scope\":[\"api\"]," + fields + "}");
  }

  @Test
  void knowsAPastedOAuthTokenByItsForm() {
    try (LoopbackHost host =
        new LoopbackHost(answering(INFO, info("\"expires_in\":null,\"created_at\":1")))) {
      done(
          codeHost(host.site(""))
              .prove(host.site(""), Credential.of(OAUTH_TOKEN), TestClient.open()));
      assertThat(host.seen()).extracting(Asked::target).containsExactly(INFO, USER);
    }
  }

  @Test
  void letsTheAccountDecideOnATokenThatOAuthDoesNotKnow() {
    CannedAnswer unknown = invalidToken("The access token is invalid");
    assertThat(done(proveInfo(unknown)).scopes()).isEqualTo(new Scopes.Unknown());
    refused(proveInfo(invalidToken("The access token expired")), Reason.TokenExpired);
    refused(proveInfo(invalidToken("The access token was revoked")), Reason.TokenRevoked);
  }

  @Test
  void waitsWhenAnAddressIsBannedForManyBadTokens() {
    waiting(proveAlways(CannedAnswer.text(403, "Forbidden\n")), Reason.RateLimited);
  }

  @Test
  void waitsUntilTheLimitIsReset() {
    CannedAnswer limited =
        CannedAnswer.text(429, "Retry later\n")
            .with("RateLimit-Remaining", "0")
            .with("RateLimit-Reset", String.valueOf(NOW.plusSeconds(40).getEpochSecond()));
    assertThat(waiting(proveAlways(limited), Reason.RateLimited).until())
        .hasValue(NOW.plusSeconds(40));
  }
}
