package dev.codesource.controller.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RequestThrottleTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final RequestThrottle throttle = new RequestThrottle();

  @Test
  void aSecondRequestWithinFiveSecondsWaits() {
    assertThat(throttle.handle("a", NOW)).isEmpty();
    assertThat(throttle.handle("a", NOW.plusMillis(1))).contains(NOW.plusSeconds(5));
    assertThat(throttle.handle("a", NOW.plusSeconds(4))).contains(NOW.plusSeconds(5));
    assertThat(throttle.handle("a", NOW.plusSeconds(5))).isEmpty();
  }

  @Test
  void bindingsDoNotWaitForEachOther() {
    assertThat(throttle.handle("a", NOW)).isEmpty();
    assertThat(throttle.handle("b", NOW)).isEmpty();
  }
}
