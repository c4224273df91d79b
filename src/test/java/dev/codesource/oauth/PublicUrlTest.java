package dev.codesource.oauth;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.codesource.address.SiteUrl;
import java.net.URI;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicUrlTest {

  private static final PublicUrl OF_OPERATOR =
      PublicUrl.of(URI.create("https://codesource.example.com"));
  private static final SiteUrl SITE = done(SiteUrl.parse("https://git.example.com"));

  @ParameterizedTest
  @CsvSource({
    "https://codesource.example.com, https://codesource.example.com",
    "https://Codesource.Example.com:443/, https://codesource.example.com",
    "https://codesource.example.com:8443, https://codesource.example.com:8443",
    "http://127.0.0.1:8080, http://127.0.0.1:8080",
    "http://localhost, http://localhost"
  })
  void theCallbackIsWhatIsRegistered(String setting, String pages) {
    assertThat(PublicUrl.of(URI.create(setting)).callback(SITE))
        .isEqualTo(URI.create(pages + "/callback/https/git.example.com"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://github.com, /callback/https/github.com",
    "http://git.corp.example:8080/gitlab/, /callback/http/git.corp.example:8080/gitlab",
    "https://git.example.com/h%c3%a4user, /callback/https/git.example.com/h%C3%A4user",
    "https://[2001:DB8::1]:8443, /callback/https/%5B2001:db8::1%5D:8443"
  })
  void eachSiteHasARedirectUriOfItsOwn(String site, String path) {
    assertThat(OF_OPERATOR.callback(done(SiteUrl.parse(site))).getRawPath()).isEqualTo(path);
  }

  @Test
  void noTwoSitesShareARedirectUri() {
    assertThat(
            Stream.of(
                    "https://git.example.com",
                    "http://git.example.com",
                    "https://git.example.com:80",
                    "http://git.example.com:443",
                    "https://git.example.com/a",
                    "https://git.example.com/a/b",
                    "http://https",
                    "https://http",
                    "https://https/git.example.com",
                    "http://https/git.example.com")
                .map(site -> OF_OPERATOR.callback(done(SiteUrl.parse(site))).getPath()))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://codesource.example.com",
        "https://codesource.example.com/path",
        "https://codesource.example.com?a=b",
        "https://user@codesource.example.com",
        "codesource.example.com",
        "https:///callback",
        "ftp://codesource.example.com"
      })
  void anythingElseIsAMistake(String setting) {
    assertThatIllegalArgumentException().isThrownBy(() -> PublicUrl.of(URI.create(setting)));
  }

  @Test
  void theOriginIsAsBrowsersSendIt() {
    assertThat(PublicUrl.of(URI.create("https://codesource.example.com:443/")).origin())
        .isEqualTo("https://codesource.example.com");
  }
}
