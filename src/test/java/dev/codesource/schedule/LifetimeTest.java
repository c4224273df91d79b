package dev.codesource.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LifetimeTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static Lifetime of(Duration length) {
    return new Lifetime(NOW, NOW.plus(length));
  }

  @Test
  void aTokenIsRenewedAfterTwoThirdsOfItsLife() {
    assertThat(of(Duration.ofHours(3)).renewAt(MINUTE)).isEqualTo(NOW.plus(Duration.ofHours(2)));
  }

  @Test
  void renewalsAreApartWhateverTheHostSays() {
    assertThat(of(Duration.ofSeconds(1)).renewAt(MINUTE)).isEqualTo(NOW.plusSeconds(60));
    assertThat(of(Duration.ofSeconds(-5)).renewAt(MINUTE)).isEqualTo(NOW.plusSeconds(60));
    assertThat(of(Duration.ofSeconds(1)).renewAt(MINUTE, Jitter.computed("a")))
        .isEqualTo(NOW.plusSeconds(60));
  }

  @Test
  void jitterSpreadsRenewalsByATwentiethOfTheLife() {
    TreeSet<Instant> times = new TreeSet<>();
    for (int i = 0; i < 500; i++) {
      times.add(of(Duration.ofHours(3)).renewAt(MINUTE, Jitter.computed("uid-" + i)));
    }

    assertThat(times.first()).isAfterOrEqualTo(NOW.plus(Duration.ofMinutes(111)));
    assertThat(times.last()).isBefore(NOW.plus(Duration.ofMinutes(129)));
    assertThat(Duration.between(times.first(), times.last())).isGreaterThan(Duration.ofMinutes(15));
  }

  @Test
  void computedJitterIsTheSameAfterARestart() {
    assertThat(Jitter.computed("a").next(NOW)).isEqualTo(Jitter.computed("a").next(NOW));
    assertThat(Jitter.computed("a").next(NOW)).isNotEqualTo(Jitter.computed("b").next(NOW));
  }
}
