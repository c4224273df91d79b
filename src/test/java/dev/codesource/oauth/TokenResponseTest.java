package dev.codesource.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.http.HostResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenResponseTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static TokenResponse read(int status, String type, String body) {
    return TokenResponse.read(
        new HostResponse(status, Map.of("content-type", List.of(type)), body), NOW);
  }

  private static TokenResponse json(int status, String body) {
    return read(status, "application/json; charset=utf-8", body);
  }

  @Test
  void anErrorIsOneWhateverTheStatus() {
    assertThat(json(200, "{\"error\":\"slow_down\",\"error_description\":\"Too FAST\"}"))
        .isEqualTo(new TokenResponse.Fault("slow_down", "too fast"));
    assertThat(json(400, "{\"error\":\"invalid_grant\"}"))
        .isEqualTo(new TokenResponse.Fault("invalid_grant", ""));
    assertThat(json(400, "{\"access_token\":\"abc\"}")).isInstanceOf(TokenResponse.Fault.class);
    assertThat(json(200, "{\"access_token\":\"abc\",\"error\":\"x\"}"))
        .isInstanceOf(TokenResponse.Fault.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"access_token\":\"\"}",
        "{\"access_token\":17}",
        "{\"access_token\":null}",
        "{\"access_token\":\"two words\"}",
        "{\"access_token\":\"line\\r\\nInjected: yes\"}",
        "{\"access_token\":\"abc\",\"token_type\":\"mac\"}",
        "{\"device_code\":\"d\",\"user_code\":\"A B\",\"verification_uri\":\"https://x.example\"}",
        "{\"device_code\":\"d\",\"user_code\":\"AB\",\"verification_uri\":\"javascript:alert(1)\"}",
        "{}"
      })
  void whatNoPlatformSendsIsNoGrant(String body) {
    assertThat(json(200, body)).isInstanceOf(TokenResponse.Fault.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "\"text\"", "{", "<html>"})
  void whatIsNoObjectCannotBeRead(String body) {
    assertThat(json(200, body)).isInstanceOf(TokenResponse.Unreadable.class);
  }

  @Test
  void aPageCannotBeRead() {
    assertThat(read(200, "text/html", "{\"access_token\":\"abc\"}"))
        .isInstanceOf(TokenResponse.Unreadable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-5", "99999999999999", "1e3", "true", "\"soon\""})
  void anOddLifetimeIsNotKnown(String expiresIn) {
    TokenResponse answer =
        json(200, "{\"access_token\":\"abc\",\"expires_in\":%s}".formatted(expiresIn));

    assertThat(((TokenResponse.Granted) answer).grant().expiresAt()).isEmpty();
  }

  @Test
  void nothingOfAGrantIsPrinted() {
    assertThat(
            json(200, "{\"access_token\":\"canary-a\",\"refresh_token\":\"canary-b\"}").toString())
        .doesNotContain("canary");
  }
}
