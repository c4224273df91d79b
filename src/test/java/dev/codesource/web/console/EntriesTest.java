package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EntriesTest {

  @Test
  void aFieldIsAsLongAsTheLongestTokenAtMost() {
    assertThat(Sample.entries("token", "a".repeat(16_384), "name", "b").isTooLarge()).isFalse();
    assertThat(Sample.entries("token", "a", "name", "b".repeat(16_385)).isTooLarge()).isTrue();
    assertThat(Sample.entries("publish", "Git", "publish", "b".repeat(16_385)).isTooLarge())
        .isTrue();
    assertThat(Entries.none().isTooLarge()).isFalse();
  }

  @Test
  void whatWasLeftOutIsEmptyAndWhatWasEmptiedIsNotReplaced() {
    assertThat(Sample.entries("url", " a ").text("url")).isEqualTo("a");
    assertThat(Entries.none().text("url")).isEmpty();
    assertThat(Entries.none().textOr("url", "b")).isEqualTo("b");
    assertThat(Sample.entries("url", "").textOr("url", "b")).isEmpty();
  }

  @Test
  void theFirstLineOfABlockKeepsItsIndentation() {
    assertThat(Sample.entries("spec", "  a: 1\r\n  b: 2\r\n").block("spec"))
        .isEqualTo("  a: 1\r\n  b: 2");
    assertThat(Entries.none().block("spec")).isEmpty();
  }

  @Test
  void partsAreBetweenCommasAndLineBreaks() {
    assertThat(Sample.entries("tags", "a, b\n\n c ,").parts("tags")).containsExactly("a", "b", "c");
    assertThat(Entries.none().parts("tags")).isEmpty();
  }
}
