package dev.codesource.codehost.github;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.GitHubWording;
import dev.codesource.testhost.WebhookWording;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * As an app's installation: all that is done with a token. The tokens are there already, so that
 * the same requests are sent.
 */
class GitHubAppWebhooksTest extends GitHubWebhooksTest {

  private static final String SIGNED = "eyJhbGciOiJSUzI1NiJ9.canary-7f3a90c1.d2e84b56";
  private static final String MAKE = "/api/v3/app/installations/7/access_tokens";

  private static final Credential APP =
      new Credential(
          new Token(SIGNED), Optional.empty(), Credential.Source.APP, Optional.of("7"), "uid/1");

  private CodeHosts codeHosts = SupportedCodeHosts.all(Clock.systemUTC());

  @Override
  protected WebhookWording wording() {
    return new GitHubWording(
        (asked, grants) ->
            asked.path().endsWith(MAKE)
                ? Answer.json(201, token(TOKEN))
                : Dialect.gitHub().answer(asked, grants));
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
  void makeTokens() {
    ScriptedHostClient client = new ScriptedHostClient();
    client.on("POST " + MAKE, ScriptedHostClient.json(201, token(TOKEN)));
    client.otherwise(ScriptedHostClient.json(404, "{}"));
    var session = client.open("team-a", Optional.empty());
    var _ = codeHost(site).repositories(site, APP, session).byPath(path());
    var _ = codeHost(site).webhooks(site, APP, session).list(repository());
    assertThat(client.requests("POST " + MAKE)).hasSize(2);
  }

  private void withoutTokens() {
    codeHosts = SupportedCodeHosts.all(Clock.systemUTC());
  }

  @Test
  void oneTokenIsMadeToReadCodeAndAnotherWhenWebhooksAreAskedFor() {
    withoutTokens();
    done(repositories().byPath(path()));
    done(repositories().byId(repository().id()));
    assertThat(host.asked().stream().filter(asked -> asked.path().equals(MAKE)))
        .singleElement()
        .returns("{\"permissions\":{\"contents\":\"read\",\"metadata\":\"read\"}}", Asked::body)
        .returns(SIGNED, Asked::token);

    made();
    done(webhooks().list(repository()));
    assertThat(host.asked().stream().filter(asked -> asked.path().equals(MAKE)))
        .hasSize(2)
        .last()
        .returns(
            "{\"permissions\":{\"contents\":\"read\",\"metadata\":\"read\",\"repository_hooks\":\"write\"}}",
            Asked::body);
  }

  @Test
  void anAppThatMayNotSetWebhooksIsToldWhichPermissionItNeeds() {
    withoutTokens();
    host.answering(
        (asked, grants) ->
            asked.body().contains("repository_hooks")
                ? Answer.json(
                    422,
                    "{\"message\":\"The permissions requested are not granted to this installation.\"}")
                : shelf.answer(asked, grants));

    Problem problem = refused(webhooks().list(repository()), Reason.WebhookNotPermitted);

    assertThat(problem.message())
        .isEqualTo(
            "GitHub answers 422 to making a token of the installation 7 for webhooks. Give the app the repository permission Webhooks (read and write) in its settings on GitHub, and accept it where the app is installed.");
    done(repositories().byPath(path()));
  }

  @Test
  void anInstallationThatIsSuspendedIsToldApart() {
    withoutTokens();
    host.answering(
        (_, _) -> Answer.json(403, "{\"message\":\"This installation has been suspended\"}"));

    assertThat(refused(repositories().byPath(path()), Reason.RepositoryNotReadable).message())
        .isEqualTo(
            "GitHub answers 403 to making a token of the installation 7 to read code. On GitHub, see that the app's installation is not suspended, and that it has the permission Contents.");
  }
}
