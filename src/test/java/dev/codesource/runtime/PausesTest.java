package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PausesTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final Pauses pauses = new Pauses(Duration.ofSeconds(5));

  @Test
  void theSecondTimeWithinThePauseWaits() {
    assertThat(pauses.take("a", NOW)).isEmpty();
    assertThat(pauses.take("a", NOW.plusMillis(1))).contains(NOW.plusSeconds(5));
    assertThat(pauses.take("a", NOW.plusSeconds(4))).contains(NOW.plusSeconds(5));
    assertThat(pauses.take("a", NOW.plusSeconds(5))).isEmpty();
  }

  @Test
  void aRequestEachMillisecondIsGrantedOncePerPause() {
    assertThat(
            IntStream.range(0, 60_000).filter(i -> pauses.take("a", NOW.plusMillis(i)).isEmpty()))
        .hasSize(12);
  }

  @Test
  void resourcesDoNotWaitForEachOther() {
    assertThat(pauses.take("a", NOW)).isEmpty();
    assertThat(pauses.take("b", NOW)).isEmpty();
  }

  @Test
  void whatIsOnlyAskedForIsNotNoted() {
    assertThat(pauses.until("a", NOW)).isEmpty();
    assertThat(pauses.take("a", NOW)).isEmpty();
  }

  @Test
  void onlyTheLatestAreKept() {
    for (int i = 0; i <= Pauses.MOST; i++) {
      pauses.note("uid-" + i, NOW);
    }

    assertThat(pauses.until("uid-0", NOW)).isEmpty();
    assertThat(pauses.until("uid-1", NOW)).isPresent();
  }
}
