package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginResourceTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.example.com",
        "/\\evil.example.com",
        "\\\\evil.example.com",
        "https://evil.example.com",
        "javascript:alert(1)",
        "evil.example.com",
        "",
        " /ns/a",
        "/\t/evil.example.com",
        "/ns\r\nSet-Cookie: a=b",
        "/ns\\..\\..//evil"
      })
  void theLoginSendsNobodyElsewhere(String next) {
    assertThat(LoginResource.local(next)).isEqualTo("/");
  }

  @Test
  void nobodyPutsWordsIntoTheMouthOfTheConsole() {
    assertThat(LoginResource.refusal("access_denied"))
        .isEqualTo("The provider did not log you in: access_denied.");
    assertThat(LoginResource.refusal("Call +1 555 0100 to go on"))
        .isEqualTo("The provider did not log you in.");
  }

  @Test
  void theLoginSendsPeopleWhereTheyWantedToGo() {
    assertThat(LoginResource.local("/ns/team-a/gitlab?status=Failed&q=a%20b"))
        .isEqualTo("/ns/team-a/gitlab?status=Failed&q=a%20b");
    assertThat(LoginResource.local(null)).isEqualTo("/");
    assertThat(LoginResource.local("/" + "a".repeat(2_000))).isEqualTo("/");
  }

  @Test
  void whoAProxyLogsInIsNotToldThatTheyHaveLoggedOut() {
    assertThat(LoginResource.goodbye(SentHeaders.of("Authorization", "Bearer a-token")))
        .contains("the proxy in front of the console logs you in");
    assertThat(LoginResource.goodbye(SentHeaders.of()))
        .isEqualTo("You have logged out of the console.");
  }
}
