package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTest {

  @Test
  void whatPeopleTypeIsRead() {
    assertThat(Yaml.toJson(Sample.SERIALIZATION, "rules: [{name: '*x & y', branch: main}]"))
        .isEqualTo("{\"rules\":[{\"name\":\"*x & y\",\"branch\":\"main\"}]}");
  }

  /** It would be 43 million characters, and the end of the process. */
  @Test
  void aliasesAreNotMultiplied() {
    String bomb =
        IntStream.rangeClosed(1, 16)
            .mapToObj(i -> "a%1$d: &a%1$d [*a%2$d, *a%2$d, *a%2$d]\n".formatted(i, i - 1))
            .collect(Collectors.joining("", "a0: &a0 [x]\n", ""));

    assertThat(bomb).hasSizeLessThan(1_000);
    assertThatThrownBy(() -> Yaml.toJson(Sample.SERIALIZATION, bomb))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a: &x 1\nb: *x", "a: [", "a: *x", "a: b: c"})
  void whatIsNotPlainYamlIsRefused(String yaml) {
    assertThatThrownBy(() -> Yaml.toJson(Sample.SERIALIZATION, yaml))
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  void whatIsNestedTooDeeplyIsRefusedBeforeItIsRead() {
    assertThatThrownBy(
            () -> Yaml.toJson(Sample.SERIALIZATION, "a: " + "[".repeat(5_000) + "]".repeat(5_000)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Yaml.toJson(Sample.SERIALIZATION, "a: " + "[".repeat(40) + "]".repeat(40)))
        .hasSize("{\"a\":}".length() + 80);
  }
}
