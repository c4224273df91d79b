package dev.codesource.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaNotesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static List<String> uids(int count) {
    return Stream.generate(() -> UUID.randomUUID().toString()).limit(count).toList();
  }

  private static ReplicaNotes read(ReplicaNotes notes) {
    return ReplicaNotes.of(notes.text());
  }

  @Test
  void aReaderFindsWhatWasNotedSinceItReadLast() {
    ReplicaNotes notes = new ReplicaNotes();
    notes.add(List.of("a", "b"), NOW);
    long first = read(notes).last();
    notes.add(List.of("c", "a"), NOW);

    assertThat(read(notes).after(0)).containsExactly("b", "c", "a");
    assertThat(read(notes).after(first)).containsExactly("c", "a");
    assertThat(read(notes).after(read(notes).last())).isEmpty();
    assertThat(read(notes).isCompleteAfter(0)).isTrue();
  }

  @Test
  void numbersGrowAlsoWhenTheClockGoesBack() {
    ReplicaNotes notes = new ReplicaNotes();
    notes.add(List.of("a"), NOW);
    long first = notes.last();
    notes.add(List.of("b"), NOW.minusSeconds(3600));

    assertThat(read(notes).last()).isGreaterThan(first);
    assertThat(read(notes).after(first)).containsExactly("b");
  }

  /** Also when another process of the same name goes on. */
  @Test
  void aProcessThatIsStartedAgainGoesOnWhereTheOneBeforeEnded() {
    ReplicaNotes before = new ReplicaNotes();
    before.add(List.of("a", "b"), NOW);
    ReplicaNotes next = read(before);
    next.add(List.of("c"), NOW.minusSeconds(10));

    assertThat(read(next).after(before.last())).containsExactly("c");
    assertThat(read(next).after(0)).containsExactly("a", "b", "c");
  }

  @Test
  void itSaysWhenItLacksWhatAReaderHasNotRead() {
    ReplicaNotes notes = new ReplicaNotes();
    notes.add(uids(ReplicaNotes.MOST), NOW);
    long first = notes.last();
    notes.add(uids(1), NOW);

    assertThat(read(notes).isCompleteAfter(0)).isFalse();
    assertThat(read(notes).isCompleteAfter(first)).isTrue();
    assertThat(read(notes).after(0)).hasSize(ReplicaNotes.MOST);
  }

  @Test
  void oldNotesAreLeftOut() {
    ReplicaNotes notes = new ReplicaNotes();
    notes.add(List.of("old"), NOW);
    notes.add(List.of("young"), NOW.plus(ReplicaNotes.KEPT).plusMillis(1));

    assertThat(read(notes).after(0)).containsExactly("young");
    assertThat(read(notes).isCompleteAfter(0)).isFalse();
  }

  /** Also when each note has a line of its own. */
  @Test
  void fortyProcessesHaveRoomInAConfigMap() {
    ReplicaNotes notes = new ReplicaNotes();
    IntStream.range(0, ReplicaNotes.MOST)
        .forEach(i -> notes.add(uids(1), NOW.plus(Duration.ofMillis(100L * i))));

    assertThat(notes.after(0)).hasSize(ReplicaNotes.MOST);
    assertThat(notes.text().length() * 40).isLessThan(1 << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "x", "-5\n-6 a", "1\n\n 2 a", "99999999999999999999 a b"})
  void whatSomebodyElseHasWrittenIsNoException(String text) {
    assertThatCode(() -> ReplicaNotes.of(text).after(0)).doesNotThrowAnyException();
  }

  @Test
  void noTextTakesMuchMemory() {
    Random random = new Random(3);
    String many =
        IntStream.range(0, 5_000)
            .mapToObj(i -> i + " " + "u".repeat(random.nextInt(50)) + i)
            .collect(Collectors.joining("\n"));
    assertThat(ReplicaNotes.of(many).after(0)).hasSizeLessThanOrEqualTo(ReplicaNotes.MOST);
    assertThat(ReplicaNotes.of(("7" + " a b c d".repeat(90) + "\n").repeat(500)).after(0))
        .hasSizeLessThanOrEqualTo(ReplicaNotes.MOST);
    assertThat(ReplicaNotes.of("0\n1 " + "a b c ".repeat(100_000)).after(0)).hasSize(3);
  }
}
