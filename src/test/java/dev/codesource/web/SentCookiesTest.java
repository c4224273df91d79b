package dev.codesource.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentCookiesTest {

  private static Map<String, String> of(String... headers) {
    return SentCookies.of(List.of(headers)).values();
  }

  @Test
  void aSemicolonEndsACookie() {
    assertThat(of("a=1; b=2=3;c=; d=\"4\"", "e=5"))
        .isEqualTo(Map.of("a", "1", "b", "2=3", "c", "", "d", "\"4\"", "e", "5"));
    assertThat(of()).isEmpty();
    assertThat(of("", ";", "=", "=1", "a")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"a=1,b=2 | 1,b=2", "a=1;,b=2 | 1", "a=1; \tb=2 | 1", "$Version=1; a=1; $b=2 | 1"})
  void nothingElseDoes(String header, String first) {
    assertThat(of(header)).containsEntry("a", first).doesNotContainKey("b");
  }

  @Test
  void ofTwoWithANameNoneCounts() {
    assertThat(of("a=1; b=2; a=3")).isEqualTo(Map.of("b", "2"));
    assertThat(of("a=1; b=2", "a=1")).isEqualTo(Map.of("b", "2"));
  }
}
