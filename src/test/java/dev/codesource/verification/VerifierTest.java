package dev.codesource.verification;

import static dev.codesource.http.ScriptedHostClient.json;
import static dev.codesource.http.ScriptedHostClient.unanswered;
import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.HostPolicy;
import dev.codesource.address.PortPolicy;
import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.gitlab.GitLab;
import dev.codesource.credential.Credential;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifierTest {

  private static final String SELF = "GET /api/v4/personal_access_tokens/self";
  private static final String USER = "GET /api/v4/user";

  private final AdjustableClock clock = new AdjustableClock();
  private final ScriptedHostClient host = new ScriptedHostClient();
  private final GitLab gitLab = new GitLab(clock);
  private final Verifier verifier =
      new Verifier(
          PortPolicy.parse("80", "443"),
          HostPolicy.parse(List.of(), List.of("denied.example"), List.of(), List.of()),
          host,
          new HostLimiter(8, clock, new Random(1)),
          clock);

  private SiteUrl site() {
    return done(verifier.site(gitLab, Optional.of("https://gitlab.example.com")));
  }

  private Outcome<Proof> prove(String username) {
    return verifier.prove(
        new Claim(
            "team-a",
            gitLab,
            site(),
            username,
            Credential.of("glpat-of-alice-0123456789"),
            Optional.empty()));
  }

  private void gitLabAnswers(String scope, String expiry) {
    gitLabAnswers("alice", scope, expiry);
  }

  private void gitLabAnswers(String username, String scope, String expiry) {
    host.on(
        SELF,
        json(
            200,
            "{\"scopes\":[\"%s\"],\"expires_at\":\"%s\",\"revoked\":false,\"active\":true}"
                .formatted(scope, expiry)));
    host.on(
        USER,
        json(200, "{\"username\":\"%s\",\"id\":42,\"state\":\"active\"}".formatted(username)));
  }

  private String future() {
    return clock.instant().plusSeconds(86_400 * 30).toString().substring(0, 10);
  }

  @Test
  void theNamedAccountWithAllScopesIsProven() {
    gitLabAnswers("api", future());

    assertThat(done(prove("alice")).account().username()).isEqualTo("alice");
    assertThat(host.asked()).containsExactly(SELF, USER);
  }

  @ParameterizedTest
  @CsvSource({"alice, alice", "alice, ALICE", "Alice, aLICE", "jürgen, JüRGEN"})
  void theCaseOfAsciiLettersIsIgnored(String found, String named) {
    gitLabAnswers(found, "api", future());
    done(prove(named));
  }

  @ParameterizedTest
  @CsvSource({
    "nick, n\u0131ck",
    "nick, n\u0130ck",
    "\u017fam, sam",
    "kim, \u212aim",
    "\u212aim, kim",
    "JÜRGEN, jürgen",
    "alice, alice2",
    "a[, a{",
    "alice, ''"
  })
  void aNameThatOnlyLooksTheSameIsAnotherAccount(String found, String named) {
    gitLabAnswers(found, "api", future());
    isRefused(prove(named), Reason.UsernameMismatch);
  }

  @Test
  void anotherAccountIsRefused() {
    gitLabAnswers("api", future());
    isRefused(prove("bob"), Reason.UsernameMismatch);
  }

  @Test
  void aMissingScopeIsRefused() {
    gitLabAnswers("read_api", future());
    isRefused(prove("alice"), Reason.InsufficientScope);
  }

  @Test
  void anExpiredTokenIsRefused() {
    gitLabAnswers("api", "2020-01-01");
    isRefused(prove("alice"), Reason.TokenExpired);
  }

  @Test
  void anOutageOpensTheCircuitSoThatTheNextClaimSendsNothing() {
    host.on(SELF, unanswered(Reason.ConnectionRefused));

    assertThat(waiting(prove("alice"), Reason.ConnectionRefused).until()).isPresent();
    waiting(prove("alice"), Reason.ConnectionRefused);

    assertThat(host.asked()).containsExactly(SELF);
  }

  @Test
  void anAnswerThatIsNoPlatformsLooksLikeARepositoryWhereThePathIsOne() {
    host.otherwise(json(404, "{\"message\":\"404 Not Found\"}"));
    SiteUrl site = done(verifier.site(gitLab, Optional.of("https://gitlab.example.com/team/app")));

    isRefused(
        verifier.prove(
            new Claim(
                "team-a",
                gitLab,
                site,
                "alice",
                Credential.of("glpat-0123456789abcdef"),
                Optional.empty())),
        Reason.RepositoryURL);
  }

  @Test
  void theAddressIsCheckedWithoutARequest() {
    isRefused(verifier.site(gitLab, Optional.of("not a url")), Reason.InvalidURL);
    isRefused(
        verifier.site(gitLab, Optional.of("https://gitlab.example.com:8443")),
        Reason.PortNotAllowed);
    isRefused(verifier.site(gitLab, Optional.of("https://denied.example")), Reason.HostNotAllowed);
    assertThat(done(verifier.site(gitLab, Optional.empty()))).hasToString("https://gitlab.com");
    assertThat(host.asked()).isEmpty();
  }
}
