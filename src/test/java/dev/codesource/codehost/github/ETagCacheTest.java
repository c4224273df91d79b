package dev.codesource.codehost.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.Proof.Account;
import dev.codesource.credential.Token;
import dev.codesource.http.HostResponse;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ETagCacheTest {
  private static final URI QUESTION = URI.create("https://api.example.com/user");
  private static final Account ALICE = new Account("alice", "1");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Token TOKEN = new Token("canary-7f3a90c1d2e84b56");

  private final ETagCache answers = new ETagCache(100);

  private static ApiResponse tagged(String etag) {
    return ApiResponse.of(new HostResponse(200, Map.of("etag", List.of(etag)), "{}"));
  }

  @Test
  void forgetsTheOldestWhereThereAreTooMany() {
    for (int i = 0; i < 1000; i++) {
      answers.remember(QUESTION, new Token("token-" + i), tagged("\"" + i + "\""), ALICE, NOW);
    }
    assertThat(answers.remembered()).isEqualTo(100);
    assertThat(answers.to(QUESTION, new Token("token-899"), NOW)).isEmpty();
    assertThat(answers.to(QUESTION, new Token("token-900"), NOW)).isPresent();
  }

  @Test
  void forgetsWhatWasAskedForInFullADayAgo() {
    answers.remember(QUESTION, TOKEN, tagged("\"a\""), ALICE, NOW);
    assertThat(answers.to(QUESTION, TOKEN, NOW.plusSeconds(24 * 3600 - 1))).isPresent();
    assertThat(answers.to(QUESTION, new Token("another"), NOW.plusSeconds(24 * 3600))).isEmpty();
    assertThat(answers.remembered()).as("also when another is asked for").isZero();
  }

  @Test
  void keepsTheLastAnswerOnly() {
    answers.remember(QUESTION, TOKEN, tagged("\"a\""), ALICE, NOW);
    answers.remember(QUESTION, TOKEN, tagged("\"b\""), ALICE, NOW);
    assertThat(answers.to(QUESTION, TOKEN, NOW))
        .hasValueSatisfying(etags -> assertThat(etags.etag()).isEqualTo("\"b\""));
    answers.remember(QUESTION, TOKEN, tagged("none that can be sent"), ALICE, NOW);
    assertThat(answers.to(QUESTION, TOKEN, NOW)).isEmpty();
  }

  @Test
  void tellsNothingOfTheToken() {
    answers.remember(QUESTION, TOKEN, tagged("\"a\""), ALICE, NOW);
    assertThat(answers.to(QUESTION, TOKEN, NOW).toString()).doesNotContain(TOKEN.reveal());
  }
}
