package dev.codesource.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {

  private static final Map<String, String> VALUES = Map.of("a", "1", "b", "22", "empty", "");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "text | text",
        "${a} | 1",
        "x${a}${b}y${a} | x122y1",
        "${empty}x | x",
        "${unknown}x | x",
        "$a $(a) {a} ${a | $a $(a) {a} ${a",
        "$${a} | $1",
        "${${a}} | ${1}",
      })
  void variablesStandForTheirValues(String text, String filled) {
    Template template = new Template(text);

    assertThat(template.fill(VALUES)).isEqualTo(filled);
    assertThat(template.length(VALUES)).isEqualTo(filled.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"${b}", "$1", "\\", "\\1", "${a}${b}", "$(reboot)", "$$"})
  void aValueIsNotReadAgain(String value) {
    assertThat(new Template("<${a}${b}>").fill(Map.of("a", value, "b", "x")))
        .isEqualTo("<" + value + "x>");
  }

  @Test
  void theFirstVariableThatDoesNotExistIsTold() {
    assertThat(new Template("${a} ${x} ${y}").unknown(Set.of("a"))).contains("x");
    assertThat(new Template("${a} ${}").unknown(Set.of("a"))).contains("");
    assertThat(new Template("${a} $(x) ${x").unknown(Set.of("a"))).isEmpty();
  }
}
