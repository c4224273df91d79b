package dev.codesource.codehost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.reason.Outcome;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OAuthDialectTest {

  private static final CodeHosts HOSTS = SupportedCodeHosts.all(Clock.systemUTC());

  private static OAuthDialect dialect(Platform platform, String url) {
    if (SiteUrl.parse(url) instanceof Outcome.Done<SiteUrl>(var site)) {
      return HOSTS.of(platform).oauth(site);
    }
    throw new IllegalStateException(url);
  }

  @ParameterizedTest
  @CsvSource({
    "GitLab, https://git.example.com/gitlab, https://git.example.com/gitlab/oauth/authorize, https://git.example.com/gitlab/oauth/token, POST, true",
    "GitHub, https://github.com, https://github.com/login/oauth/authorize, https://github.com/login/oauth/access_token, POST, true",
    "Gitee, https://gitee.com, https://gitee.com/oauth/authorize, https://gitee.com/oauth/token, POST, false",
    "Bitbucket, https://bitbucket.org, https://bitbucket.org/site/oauth2/authorize, https://bitbucket.org/site/oauth2/access_token, BASIC, false",
    "Bitbucket, https://bitbucket.example.com, https://bitbucket.example.com/rest/oauth2/latest/authorize, https://bitbucket.example.com/rest/oauth2/latest/token, POST, true",
    "Gitea, https://codeberg.org, https://codeberg.org/login/oauth/authorize, https://codeberg.org/login/oauth/access_token, POST, true"
  })
  void endpointsLieUnderTheSite(
      Platform platform,
      String url,
      String authorize,
      String token,
      OAuthDialect.ClientAuthentication authentication,
      boolean pkce) {
    assertThat(dialect(platform, url))
        .returns(authorize, each -> each.authorize().toString())
        .returns(token, each -> each.token().toString())
        .returns(authentication, OAuthDialect::authentication)
        .returns(pkce, OAuthDialect::pkce);
  }

  @ParameterizedTest
  @CsvSource({
    "GitHub, bad_verification_code, '', GRANT_REJECTED",
    "GitHub, bad_refresh_token, '', GRANT_REJECTED",
    "GitHub, incorrect_client_credentials, '', CLIENT_REJECTED",
    "GitHub, redirect_uri_mismatch, '', CLIENT_REJECTED",
    "GitHub, device_flow_disabled, '', CLIENT_REJECTED",
    "Gitea, unauthorized_client, token was already used, GRANT_REJECTED",
    "Gitea, unauthorized_client, invalid client secret, CLIENT_REJECTED",
    "GitLab, unauthorized_client, '', CLIENT_REJECTED",
    "GitLab, invalid_grant, '', GRANT_REJECTED",
    "Gitee, whatever, '', UNKNOWN"
  })
  void errorsMeanWhatThePlatformMeans(
      Platform platform, String error, String description, OAuthError meaning) {
    assertThat(dialect(platform, "https://git.example.com").faults().read(error, description))
        .isEqualTo(meaning);
  }

  @ParameterizedTest
  @EnumSource(Platform.class)
  void whatIsPendingIsPendingEverywhere(Platform platform) {
    OAuthDialect dialect = dialect(platform, "https://git.example.com");

    assertThat(dialect.faults().read("authorization_pending", "")).isEqualTo(OAuthError.PENDING);
    assertThat(dialect.faults().read("access_denied", "")).isEqualTo(OAuthError.DENIED);
    assertThat(dialect.scopes()).isNotEmpty();
  }

  @Test
  void aTokenOfGitHubIsGivenBackToItsApi() {
    assertThat(dialect(Platform.GitHub, "https://github.com").revocation())
        .isInstanceOfSatisfying(
            OAuthDialect.Revocation.OfApplication.class,
            revocation -> assertThat(revocation.api()).hasToString("https://api.github.com"));
  }
}
