package dev.codesource.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PktLinesTest {

  private final List<String> seen = new ArrayList<>();
  private final PktLines lines =
      new PktLines(
          new PktLines.Consumer() {
            @Override
            public boolean line(byte[] line) {
              seen.add(new String(line, StandardCharsets.UTF_8));
              return true;
            }

            @Override
            public boolean flush() {
              seen.add("flush");
              return seen.size() < 4;
            }
          });

  private boolean read(String text) {
    return lines.read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void linesComeWithoutLengthAndLineFeed() {
    assertThat(read("0006a\n0005b0004" + "0000")).isFalse();
    assertThat(seen).containsExactly("a", "b", "", "flush");
  }

  @Test
  void aLineMayComeInAnyPieces() {
    for (char each : "000ahello\n0009world0000".toCharArray()) {
      assertThat(read(String.valueOf(each))).isTrue();
    }
    assertThat(seen).containsExactly("hello", "world", "flush");
  }

  @Test
  void whatComesAfterTheEndIsNotLookedAt() {
    assertThat(read("0005a0005b0005c0000" + "nonsense")).isFalse();
    assertThat(seen).hasSize(4);
  }

  /** A line cannot be shorter than its length, nor longer than the format allows. */
  @ParameterizedTest
  @ValueSource(strings = {"<htm", "0001", "0002", "0003", "fff1", "ffff", "-001", "00 4"})
  void whatIsNoLengthIsRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(PktLines.MalformedException.class);
  }

  /** Each byte is copied once, however small the pieces are. */
  @Test
  void aLongLineInSingleBytesTakesNoLongerThanItsLength() {
    byte[] line =
        ("%04x".formatted(PktLines.MAX_LENGTH) + "x".repeat(PktLines.MAX_LENGTH - 4))
            .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 20; i++) {
      for (byte each : line) {
        lines.read(new byte[] {each});
      }
    }
    assertThat(seen).hasSize(20).allMatch(text -> text.length() == PktLines.MAX_LENGTH - 4);
  }
}
