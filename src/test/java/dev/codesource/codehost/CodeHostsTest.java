package dev.codesource.codehost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.codehost.gitlab.GitLab;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a new platform must not be without. */
class CodeHostsTest {
  private static final Clock CLOCK = Clock.systemUTC();

  @ParameterizedTest
  @EnumSource
  void everyPlatformHasAClassOfItsName(Platform platform) {
    CodeHost host = SupportedCodeHosts.all(CLOCK).of(platform);
    assertThat(host.platform()).isEqualTo(platform);
    assertThat(host.getClass().getSimpleName()).isEqualTo(platform.name());
  }

  @ParameterizedTest
  @EnumSource
  void everyPlatformIsHeldToTheContract(Platform platform) throws ClassNotFoundException {
    CodeHost host = SupportedCodeHosts.all(CLOCK).of(platform);
    Class<?> test = Class.forName(host.getClass().getName() + "Test");
    assertThat(test).isAssignableTo(CodeHostContract.class);
  }

  /** Gitee offers none to others. */
  @ParameterizedTest
  @EnumSource
  void everyPlatformButGiteeHasStatusesOfCommits(Platform platform) {
    SiteUrl site = new SiteUrl(new Origin(Origin.Scheme.HTTPS, "git.example.com", 443), "");
    assertThat(
            SupportedCodeHosts.all(CLOCK)
                .of(platform)
                .commitStatuses(site, Credential.of("token"), TestClient.open())
                .isPresent())
        .isEqualTo(platform != Platform.Gitee);
  }

  @ParameterizedTest
  @CsvSource({
    "GitHub, https://api.github.com, https://github.com",
    "GitHub, https://api.github.com/user, https://github.com",
    "Bitbucket, https://api.bitbucket.org/2.0, https://bitbucket.org"
  })
  void namesThePublicSiteWhoseApiIsGiven(Platform platform, String api, String site) {
    Outcome<SiteUrl> outcome =
        SiteUrl.parse(api).then(SupportedCodeHosts.all(CLOCK).of(platform)::withoutRepository);
    assertThat(outcome)
        .isEqualTo(
            Outcome.refused(
                Reason.InvalidURL,
                "The URL is the address of the site's API; the site itself is at " + site + "."));
  }

  @ParameterizedTest
  @EnumSource
  void everyPlatformHasARowInTheReadme(Platform platform) throws IOException {
    assertThat(Files.readAllLines(Path.of("README.md")))
        .as("README.md has a row that begins with \"| %s \"", platform)
        .anyMatch(line -> line.startsWith("| " + platform + " "));
  }

  @Test
  void aPlatformWithoutAClassIsNoticedAtTheStart() {
    assertThatThrownBy(() -> new CodeHosts(List.of(new GitLab(CLOCK))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Gitea");
    assertThatThrownBy(() -> new CodeHosts(List.of(new GitLab(CLOCK), new GitLab(CLOCK))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GitLab");
  }
}
