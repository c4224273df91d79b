package dev.codesource.codehost.github;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.codehost.CommitStatus.State;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CommitStatusWording;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.GitHubStatusWording;
import dev.codesource.testhost.GitHubWording;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * As an app's installation: all that is done with a token. The token is there already, so that the
 * same requests are sent.
 */
class GitHubAppCommitStatusesTest extends GitHubCommitStatusesTest {

  private static final String SIGNED = "eyJhbGciOiJSUzI1NiJ9.canary-7f3a90c1.d2e84b56";
  private static final String MAKE = "/api/v3/app/installations/7/access_tokens";

  private static final Credential APP =
      new Credential(
          new Token(SIGNED), Optional.empty(), Credential.Source.APP, Optional.of("7"), "uid/1");

  private CodeHosts codeHosts = SupportedCodeHosts.all(Clock.systemUTC());

  @Override
  protected CommitStatusWording wording() {
    return new GitHubStatusWording(
        new GitHubWording(
            (asked, grants) ->
                asked.path().endsWith(MAKE)
                    ? Answer.json(201, token(TOKEN))
                    : Dialect.gitHub().answer(asked, grants)));
  }

  private static String token(String token) {
    return "{\"token\":\"%s\",\"expires_at\":\"%s\"}"
        .formatted(token, Instant.now().plus(Duration.ofHours(1)));
  }

  @Override
  protected CodeHost codeHost(SiteUrl of) {
    return codeHosts.of(Platform.GitHub);
  }

  @Override
  protected Credential credential() {
    return APP;
  }

  @BeforeEach
  void makeToken() {
    ScriptedHostClient client = new ScriptedHostClient();
    client.on("POST " + MAKE, ScriptedHostClient.json(201, token(TOKEN)));
    client.otherwise(ScriptedHostClient.json(404, "{}"));
    var session = client.open("team-a", Optional.empty());
    var _ =
        codeHost(site)
            .commitStatuses(site, APP, session)
            .orElseThrow()
            .report(repository(), status(State.Pending));
    assertThat(client.requests("POST " + MAKE)).hasSize(1);
  }

  private void withoutToken() {
    codeHosts = SupportedCodeHosts.all(Clock.systemUTC());
  }

  @Test
  void theTokenThatIsMadeMaySetStatusesAndReadNoCode() {
    withoutToken();

    assertThat(done(report(status(State.Running)))).isTrue();
    assertThat(done(report(status(State.Succeeded)))).isTrue();

    assertThat(host.asked().stream().filter(asked -> asked.path().equals(MAKE)))
        .singleElement()
        .returns("{\"permissions\":{\"metadata\":\"read\",\"statuses\":\"write\"}}", Asked::body)
        .returns(SIGNED, Asked::token);
  }

  @Test
  void anAppThatMayNotSetStatusesIsToldWhichPermissionItNeeds() {
    withoutToken();
    host.answering(
        (_, _) ->
            Answer.json(
                422,
                "{\"message\":\"The permissions requested are not granted to this installation.\"}"));

    assertThat(refused(report(status(State.Running)), Reason.CommitStatusForbidden).message())
        .isEqualTo(
            "GitHub answers 422 to making a token of the installation 7 for commit statuses. Give the app the repository permission Commit statuses (read and write) in its settings on GitHub, and accept it where the app is installed.");
  }
}
