package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.bitbucket.Bitbucket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class PlatformGuideTest {

  @Test
  void aTokenIsMadeOnTheSiteThatItIsFor() {
    assertThat(Sample.GITLAB.adviceOn("http://gitlab.corp.example:8080/git/"))
        .isEqualTo("It is made at http://gitlab.corp.example:8080/git/tokens. It needs: api.");
    assertThat(Sample.GITLAB.adviceOn("https://gitlab.com"))
        .isEqualTo("It is made at https://gitlab.com/tokens. It needs: api.");
    assertThat(Sample.GITLAB.adviceOn(null))
        .isEqualTo(Sample.GITLAB.adviceOn("https://gitlab.com"));
  }

  @Test
  void whereNoSiteIsKnownYetThePathIsTold() {
    assertThat(Sample.GITLAB.advice())
        .contains("https://gitlab.com/tokens, or at the same path of another site");
    assertThat(Sample.GITEA.advice()).contains("the address of the site, followed by /tokens");
    assertThat(Sample.GITEA.adviceOn(null)).isEqualTo(Sample.GITEA.advice());
  }

  @Test
  void aPageOfThePublicSiteIsNotToldOfOthers() {
    assertThat(Sample.BITBUCKET.adviceOn("https://bitbucket.org"))
        .contains("https://id.example.com/tokens");
    assertThat(Sample.BITBUCKET.adviceOn("https://bitbucket.corp.example"))
        .doesNotContain("id.example.com", "api");
  }

  @Test
  void theScopesOfBitbucketAreThoseOfItsPage() throws IOException {
    Bitbucket bitbucket = new Bitbucket(Clock.systemUTC());
    String row =
        Files.readAllLines(Path.of("docs/troubleshooting.md")).stream()
            .filter(line -> line.startsWith("| %s Cloud, API token".formatted(Platform.Bitbucket)))
            .findFirst()
            .orElseThrow();

    assertThat(row).contains(bitbucket.tokenPage()).contains(bitbucket.tokenPageScopes());
  }
}
