package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PendingEventTest {

  private static String noteOf(String note) {
    return new PendingEvent(
            new ObjectReferenceBuilder().withNamespace("team-a").build(),
            "name",
            Reason.Bound,
            false,
            note,
            Instant.EPOCH)
        .event("instance")
        .getNote();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "ä", "漢", "😀", "a😀漢"})
  void aLongNoteIsCutBetweenCharactersToTheBytesThatTheApiServerTakes(String character) {
    String note = noteOf(character.repeat(1025));

    assertThat(note.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1018, 1024);
    assertThat(note).endsWith("…").doesNotContain("\uFFFD");
    assertThat(new String(note.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
        .as("no half of a surrogate pair")
        .isEqualTo(note);
  }

  @Test
  void aNoteThatFitsIsNotCut() {
    assertThat(noteOf("漢".repeat(341))).isEqualTo("漢".repeat(341));
    assertThat(noteOf("a".repeat(1024))).isEqualTo("a".repeat(1024));
  }
}
