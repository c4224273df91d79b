package dev.codesource.web.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenClaimsTest {

  private static final Instant NOW = Instant.parse("2026-12-01T08:00:00Z");

  static BearerToken jwt(String claims) {
    return new BearerToken(
        "eyJhbGciOiJub25lIn0."
            + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8))
            + ".c2lnbmF0dXJl");
  }

  @Test
  void whatATokenSaysOfItself() {
    assertThat(
            TokenClaims.of(
                jwt(
                    "{\"iss\":\"https://id.example.com\",\"aud\":[\"a\",\"b\"],\"exp\":1796112000}")))
        .isEqualTo(
            new TokenClaims(
                Optional.of("https://id.example.com"),
                Optional.of("a, b"),
                Optional.of(Instant.ofEpochSecond(1_796_112_000))));
    assertThat(TokenClaims.of(jwt("{\"aud\":\"console\"}")).audience()).contains("console");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{\"iss\":7,\"aud\":{},\"exp\":\"soon\"}",
        "{\"exp\":99999999999999999999999}",
        "{\"exp\":-31557014167219200}",
        "{\"exp\":31556889864403199}",
        "{\"exp\":9223372036854775807}",
        "\"iss\""
      })
  void whatIsNoJwtSaysNothingOrNothingWrong(String claims) {
    TokenClaims said = TokenClaims.of(jwt(claims));

    assertThat(said.issuer()).isEmpty();
    assertThat(said.audience()).isEmpty();
    assertThat(said.expires()).isEmpty();
    assertThat(TokenClaims.of(new BearerToken("opaque"))).isEqualTo(TokenClaims.of(jwt("{}")));
  }

  @Test
  void aSessionEndsWithItsTokenAndAfterAnHour() {
    assertThat(Sessions.end(NOW, expiring(NOW.plusSeconds(60)))).isEqualTo(NOW.plusSeconds(60));
    assertThat(Sessions.end(NOW, expiring(NOW.minusSeconds(60)))).isEqualTo(NOW.minusSeconds(60));
    assertThat(Sessions.end(NOW, expiring(NOW.plus(Duration.ofHours(9)))))
        .isEqualTo(NOW.plus(Duration.ofHours(1)));
    assertThat(Sessions.end(NOW, TokenClaims.of(new BearerToken("opaque"))))
        .isEqualTo(NOW.plus(Duration.ofHours(1)));
  }

  private static TokenClaims expiring(Instant when) {
    return TokenClaims.of(jwt("{\"exp\":%d}".formatted(when.getEpochSecond())));
  }
}
