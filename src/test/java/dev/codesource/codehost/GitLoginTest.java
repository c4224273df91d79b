package dev.codesource.codehost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The user name for git, by platform and kind of token; the platforms' documents say which. */
class GitLoginTest {

  private static final String OAUTH_TOKEN_OF_GITLAB =
      "6d1f3a0c9b8e7d6c5b4a39281706f5e4d3c2b1a0998877665544332211ffeedd";

  @ParameterizedTest
  @CsvSource({
    "GitLab,    gitlab.com,       glpat-1,   PERSON, ,                  alice",
    "GitLab,    gitlab.com,       whatever,  OAUTH,  ,                  oauth2",
    "GitLab,    gitlab.com,       " + OAUTH_TOKEN_OF_GITLAB + ", PERSON, , oauth2",
    "GitHub,    github.com,       ghp_1,     PERSON, ,                  alice",
    "GitHub,    github.com,       github_pat_1, PERSON, ,               alice",
    "GitHub,    github.com,       gho_1,     OAUTH,  ,                  alice",
    "GitHub,    github.com,       ghu_1,     OAUTH,  ,                  alice",
    "GitHub,    github.com,       ghs_1,     PERSON, ,                  x-access-token",
    "Gitee,     gitee.com,        1,         PERSON, ,                  alice",
    "Gitee,     gitee.com,        1,         OAUTH,  ,                  oauth2",
    "Bitbucket, bitbucket.org,    ATATT1,    PERSON, alice@example.com, x-bitbucket-api-token-auth",
    "Bitbucket, bitbucket.org,    ATBB1,     PERSON, alice@example.com, alice",
    "Bitbucket, bitbucket.org,    ATCTT1,    PERSON, ,                  x-token-auth",
    "Bitbucket, bitbucket.org,    1,         OAUTH,  ,                  x-token-auth",
    "Bitbucket, proxy.example,    ATATT1,    PERSON, alice@example.com, x-bitbucket-api-token-auth",
    "Bitbucket, bitbucket.corp,   BBDC-1,    PERSON, ,                  alice",
    "Gitea,     codeberg.org,     1,         PERSON, ,                  alice",
    "Gitea,     codeberg.org,     1,         OAUTH,  ,                  alice",
  })
  void theUserNameDependsOnThePlatformAndTheKindOfToken(
      Platform platform,
      String host,
      String token,
      Credential.Source origin,
      @Nullable String email,
      String username) {
    GitLogin login =
        SupportedCodeHosts.all(Clock.systemUTC())
            .of(platform)
            .gitLogin(
                new SiteUrl(new Origin(Origin.Scheme.HTTPS, host, 443), ""),
                new Credential(new Token(token), Optional.ofNullable(email), origin, "1"),
                new Proof.Account("alice", "42"));

    assertThat(login.username()).isEqualTo(username);
    assertThat(login.password().reveal()).isEqualTo(token);
    assertThat(login.toString()).doesNotContain(token.length() > 1 ? token : "no such text");
  }
}
