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
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ETagCacheTest {
  private static final URI QUESTION = URI.create("https://api.example.com/user");
  private static final Account ALICE = new Account("alice", "1");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Token TOKEN = new Token("canary-7f3a90c1d2e84b56");

  private final ETagCache answers = new ETagCache(100, 100);

  private static ApiResponse tagged(String etag) {
    return ApiResponse.of(new HostResponse(200, Map.of("etag", List.of(etag)), "{}"));
  }

  private static void remember(ETagCache answers, URI question, Token token, ApiResponse answer) {
    remember(answers, question, token, answer, Optional.empty());
  }

  private static void remember(
      ETagCache answers,
      URI question,
      Token token,
      ApiResponse answer,
      Optional<SortedSet<String>> scopes) {
    answers.remember(question, token, answer, ALICE, scopes, Optional.empty(), NOW);
  }

  @Test
  void aHostDoesNotTakeThePlaceOfOthers() {
    ETagCache shared = new ETagCache(100, 25);
    remember(shared, QUESTION, TOKEN, tagged("\"a\""));
    for (int host = 0; host < 10; host++) {
      URI hostile = URI.create("https://hostile-" + host + ".example/user");
      for (int i = 0; i < 1000; i++) {
        remember(shared, hostile, new Token("token-" + i), tagged("\"" + i + "\""));
      }
    }
    assertThat(shared.remembered()).isLessThanOrEqualTo(100);
    assertThat(shared.to(QUESTION, TOKEN, NOW)).isPresent();
  }

  @Test
  void whatIsLongIsNotKept() {
    remember(answers, QUESTION, TOKEN, tagged("\"" + "a".repeat(200) + "\""));
    assertThat(answers.remembered()).isZero();

    SortedSet<String> many = new TreeSet<>();
    IntStream.range(0, 100).forEach(i -> many.add("scope-" + i));
    remember(answers, QUESTION, TOKEN, tagged("\"a\""), Optional.of(many));
    assertThat(answers.remembered()).isZero();

    SortedSet<String> few = new TreeSet<>(Set.of("repo", "user"));
    remember(answers, QUESTION, TOKEN, tagged("\"a\""), Optional.of(few));
    assertThat(answers.to(QUESTION, TOKEN, NOW).orElseThrow().scopes()).hasValue(few);
  }

  @Test
  void forgetsTheOldestWhereThereAreTooMany() {
    for (int i = 0; i < 1000; i++) {
      remember(answers, QUESTION, new Token("token-" + i), tagged("\"" + i + "\""));
    }
    assertThat(answers.remembered()).isEqualTo(100);
    assertThat(answers.to(QUESTION, new Token("token-899"), NOW)).isEmpty();
    assertThat(answers.to(QUESTION, new Token("token-900"), NOW)).isPresent();
  }

  @Test
  void forgetsWhatWasAskedForInFullADayAgo() {
    remember(answers, QUESTION, TOKEN, tagged("\"a\""));
    assertThat(answers.to(QUESTION, TOKEN, NOW.plusSeconds(24 * 3600 - 1))).isPresent();
    assertThat(answers.to(QUESTION, new Token("another"), NOW.plusSeconds(24 * 3600))).isEmpty();
    assertThat(answers.remembered()).as("also when another is asked for").isZero();
  }

  @Test
  void keepsTheLastAnswerOnly() {
    remember(answers, QUESTION, TOKEN, tagged("\"a\""));
    remember(answers, QUESTION, TOKEN, tagged("\"b\""));
    assertThat(answers.to(QUESTION, TOKEN, NOW))
        .hasValueSatisfying(etags -> assertThat(etags.etag()).isEqualTo("\"b\""));
    remember(answers, QUESTION, TOKEN, tagged("none that can be sent"));
    assertThat(answers.to(QUESTION, TOKEN, NOW)).isEmpty();
  }

  @Test
  void tellsNothingOfTheToken() {
    remember(answers, QUESTION, TOKEN, tagged("\"a\""));
    assertThat(answers.to(QUESTION, TOKEN, NOW).toString()).doesNotContain(TOKEN.reveal());
  }
}
