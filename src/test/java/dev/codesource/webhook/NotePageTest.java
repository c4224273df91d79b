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

class NotePageTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static List<String> uids(int count) {
    return Stream.generate(() -> UUID.randomUUID().toString()).limit(count).toList();
  }

  private static NotePage read(NotePage page) {
    return NotePage.of(page.text());
  }

  @Test
  void aReaderFindsWhatWasNotedSinceItReadLast() {
    NotePage page = new NotePage();
    page.add(List.of("a", "b"), NOW);
    long first = read(page).last();
    page.add(List.of("c", "a"), NOW);

    assertThat(read(page).after(0)).containsExactly("b", "c", "a");
    assertThat(read(page).after(first)).containsExactly("c", "a");
    assertThat(read(page).after(read(page).last())).isEmpty();
    assertThat(read(page).isCompleteAfter(0)).isTrue();
  }

  @Test
  void numbersGrowAlsoWhenTheClockGoesBack() {
    NotePage page = new NotePage();
    page.add(List.of("a"), NOW);
    long first = page.last();
    page.add(List.of("b"), NOW.minusSeconds(3600));

    assertThat(read(page).last()).isGreaterThan(first);
    assertThat(read(page).after(first)).containsExactly("b");
  }

  /** Also when another process of the same name goes on. */
  @Test
  void aProcessThatIsStartedAgainGoesOnWhereTheOneBeforeEnded() {
    NotePage before = new NotePage();
    before.add(List.of("a", "b"), NOW);
    NotePage next = read(before);
    next.add(List.of("c"), NOW.minusSeconds(10));

    assertThat(read(next).after(before.last())).containsExactly("c");
    assertThat(read(next).after(0)).containsExactly("a", "b", "c");
  }

  @Test
  void itSaysWhenItLacksWhatAReaderHasNotRead() {
    NotePage page = new NotePage();
    page.add(uids(NotePage.MOST), NOW);
    long first = page.last();
    page.add(uids(1), NOW);

    assertThat(read(page).isCompleteAfter(0)).isFalse();
    assertThat(read(page).isCompleteAfter(first)).isTrue();
    assertThat(read(page).after(0)).hasSize(NotePage.MOST);
  }

  @Test
  void oldNotesAreLeftOut() {
    NotePage page = new NotePage();
    page.add(List.of("old"), NOW);
    page.add(List.of("young"), NOW.plus(NotePage.KEPT).plusMillis(1));

    assertThat(read(page).after(0)).containsExactly("young");
    assertThat(read(page).isCompleteAfter(0)).isFalse();
  }

  /** Also when each note has a line of its own. */
  @Test
  void fortyProcessesHaveRoomInAConfigMap() {
    NotePage page = new NotePage();
    IntStream.range(0, NotePage.MOST)
        .forEach(i -> page.add(uids(1), NOW.plus(Duration.ofMillis(100L * i))));

    assertThat(page.after(0)).hasSize(NotePage.MOST);
    assertThat(page.text().length() * 40).isLessThan(1 << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "x", "-5\n-6 a", "1\n\n 2 a", "99999999999999999999 a b"})
  void whatSomebodyElseHasWrittenIsNoException(String text) {
    assertThatCode(() -> NotePage.of(text).after(0)).doesNotThrowAnyException();
  }

  @Test
  void noTextTakesMuchMemory() {
    Random random = new Random(3);
    String many =
        IntStream.range(0, 5_000)
            .mapToObj(i -> i + " " + "u".repeat(random.nextInt(50)) + i)
            .collect(Collectors.joining("\n"));
    assertThat(NotePage.of(many).after(0)).hasSizeLessThanOrEqualTo(NotePage.MOST);
    assertThat(NotePage.of(("7" + " a b c d".repeat(90) + "\n").repeat(500)).after(0))
        .hasSizeLessThanOrEqualTo(NotePage.MOST);
    assertThat(NotePage.of("0\n1 " + "a b c ".repeat(100_000)).after(0)).hasSize(3);
  }
}
