package dev.codesource.codehost.github;

import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.CodeHost;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import dev.codesource.http.ScriptedHostClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** As an app's installation, with a token that is there already. */
class GitHubAppRepositoriesTest extends GitHubRepositoriesTest {

  private static final Credential APP =
      new Credential(
          new Token("signed"), Optional.empty(), Credential.Source.APP, Optional.of("7"), "uid/1");

  @Override
  protected Credential credential() {
    return APP;
  }

  @Override
  protected CodeHost codeHost(SiteUrl site) {
    CodeHost codeHost = super.codeHost(site);
    ScriptedHostClient client = new ScriptedHostClient();
    client.on(
        "POST /api/v3/app/installations/7/access_tokens",
        ScriptedHostClient.json(
            201,
            "{\"token\":\"canary-7f3a90c1d2e84b56\",\"expires_at\":\"%s\"}"
                .formatted(Instant.now().plus(Duration.ofHours(1)))));
    client.otherwise(ScriptedHostClient.json(404, "{}"));
    var _ =
        codeHost
            .repositories(site, APP, client.open("team-a", Optional.empty()))
            .byPath("team/app");
    return codeHost;
  }
}
