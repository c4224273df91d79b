package dev.codesource.codehost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.credential.Token;
import dev.codesource.http.HostResponse;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiSessionTest {

  private static final Token TOKEN = new Token("glpat-canary7f3a90c1d2e8");
  private static final URI USER = URI.create("https://git.example.com/api/v4/user");

  private static Outcome<ApiResponse> asked(Outcome<HostResponse> answer) {
    return new ApiSession(
            Platform.GitLab, Clock.systemUTC(), (_, _) -> Optional.empty(), _ -> answer, TOKEN)
        .ask(USER, ApiSession.bearer(TOKEN));
  }

  private static Outcome<ApiResponse> asked(Map<String, List<String>> headers, String body) {
    return asked(Outcome.done(new HostResponse(200, headers, body)));
  }

  private static void isNotShown(Outcome<ApiResponse> outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.problem().reason()).isEqualTo(Reason.NotThisPlatform);
              assertThat(refused.problem().what()).contains("sends the token back");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"username\":\"glpat-canary7f3a90c1d2e8\"}",
        "{\"username\":\"\\u0067lpat-canary7f3a90c1d2e8\"}",
        "{\"a\":[{\"b\":\"x \\u0067lpat-canary7f3a90c1d2e8\"}]}",
        "{\"\\u0067lpat-canary7f3a90c1d2e8\":1}",
        "{\"username\":\"%67lpat-canary7f3a90c1d2e8\"}"
      })
  void aBodyWithTheTokenInAnyFormIsRefused(String body) {
    isNotShown(asked(Map.of("content-type", List.of("application/json")), body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "glpat-canary7f3a90c1d2e8",
        "%67lpat-canary7f3a90c1d2e8",
        "%67%6C%70%61%74%2D%63%61%6e%61%72%797f3a90c1d2e8"
      })
  void aHeaderWithTheTokenInAnyFormIsRefused(String header) {
    isNotShown(asked(Map.of("x-ausername", List.of(header)), "{}"));
  }

  @Test
  void aRedirectToTheEncodedTokenIsRefused() {
    isNotShown(
        asked(
            Outcome.refused(
                Reason.Redirected,
                "https://git.example.com redirects to https://x/%67lpat-canary7f3a90c1d2e8.")));
  }

  @Test
  void otherAnswersArePassedOn() {
    assertThat(asked(Map.of("x-other", List.of("al%69ce%")), "{\"username\":\"ali\\u0063e\"}"))
        .isInstanceOf(Outcome.Done.class);
  }
}
