package dev.codesource.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {

  private static final Duration DEFAULT = Duration.ofHours(1);

  @ParameterizedTest
  @CsvSource({
    "1m,        PT1M",
    "90s,       PT1M30S",
    "1h30m,     PT1H30M",
    "1.5h,      PT1H30M",
    "0.5h30m,   PT1H",
    "1h1h,      PT2H",
    "60000ms,   PT1M",
    "1h0.5s,    PT1H0.5S",
    "8760h,     PT8760H"
  })
  void isReadAsGoReadsIt(String text, Duration interval) {
    assertThat(Interval.of(text, DEFAULT)).isEqualTo(interval);
  }

  @Test
  void isAnHourWhereNothingIsSaid() {
    assertThat(Interval.of(null, DEFAULT)).isEqualTo(Duration.ofHours(1));
  }

  /** A binding may be older than the rules of the CRD. */
  @ParameterizedTest
  @CsvSource({
    "1ms,             PT1M",
    "0s,              PT1M",
    "9999h,           PT8760H",
    "9999999999999999999999999999999h, PT8760H",
    "1d,              PT1H",
    "1h1d,            PT1H",
    "soon,            PT1H"
  })
  void isKeptWithinTheBoundsOfTheCrd(String text, Duration interval) {
    assertThat(Interval.of(text, DEFAULT)).isEqualTo(interval);
  }

  @Test
  void ofAMillionDigitsCostsNoTime() {
    String digits = "9".repeat(1_000_000) + "h";

    assertTimeout(
        Duration.ofSeconds(1),
        () -> assertThat(Interval.of(digits, DEFAULT)).isEqualTo(Duration.ofHours(1)));
  }
}
