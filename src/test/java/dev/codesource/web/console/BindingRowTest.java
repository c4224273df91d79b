package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindingRowTest {

  private static final BindingRow ROW =
      BindingRow.of(
          Sample.binding("phase: Suspended, url: 'https://gitlab.example.com'"), Sample.NOW);

  @ParameterizedTest
  @CsvSource({
    "'','',''",
    "Suspended,'',''",
    "'',GitLab,''",
    "'','',GITLAB",
    "'','',alic",
    "'','',example.com",
    "Suspended,GitLab,alice"
  })
  void aFilterLetsThroughWhatItNames(String status, String platform, String text) {
    assertThat(ROW.matches(status, platform, text)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"Bound,'',''", "'',GitHub,''", "'',Git,''", "'','',bob", "Suspended,GitHub,alice"})
  void andNothingElse(String status, String platform, String text) {
    assertThat(ROW.matches(status, platform, text)).isFalse();
  }
}
