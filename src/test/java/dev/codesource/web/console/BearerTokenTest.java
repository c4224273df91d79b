package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokenTest {

  /** A blank one would be replaced by the ServiceAccount's token; a line break ends a header. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\t\n",
        "=",
        "to ken",
        "token\r\nImpersonate-User: admin",
        "token\nX: y",
        "token\u0000",
        "tökén",
        "Bearer token",
        "\"token\"",
        "tok=en"
      })
  void whatIsNoTokenIsNone(String typed) {
    assertThat(BearerToken.of(typed)).isEmpty();
    assertThatThrownBy(() -> new BearerToken(typed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("This is not a bearer token (RFC 6750 section 2.1).");
  }

  @Test
  void theLineBreakOfAShellIsCutOff() {
    assertThat(BearerToken.of("  eyJhbGciOi.eyJpc3M.c2ln-_~+/==\n"))
        .contains(new BearerToken("eyJhbGciOi.eyJpc3M.c2ln-_~+/=="));
  }

  @Test
  void atMostWhatAHeaderCanHave() {
    assertThat(BearerToken.of("x".repeat(BearerToken.MAX_LENGTH))).isPresent();
    assertThat(BearerToken.of("x".repeat(BearerToken.MAX_LENGTH + 1))).isEmpty();
  }

  @Test
  void itNeverPrintsItself() {
    assertThat(new BearerToken("canary").toString()).doesNotContain("canary");
    assertThat(new Visitor(new BearerToken("canary"), "alice", java.time.Instant.MAX).toString())
        .doesNotContain("canary");
  }
}
