package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControllerDefaultsTest {

  /** 100 MiB is what the chart's 320 MiB give. */
  @Test
  void aLargeFleetIsListedInLargePagesAndASmallHeapInSmallOnes() {
    assertThat(ControllerDefaults.bindingsPage(100L << 20)).isEqualTo(20);
    assertThat(ControllerDefaults.bindingsPage(3L << 30)).isEqualTo(256);
    assertThat(ControllerDefaults.bindingsPage(Long.MAX_VALUE)).isEqualTo(500);
  }

  @ParameterizedTest
  @ValueSource(longs = {240, 1_024, 4_096, 100_000})
  void thePageOfAHostileNamespaceFitsInAQuarterOfTheHeap(long mebibytes) {
    long page = ControllerDefaults.bindingsPage(mebibytes << 20);

    assertThat(page * 3).isLessThanOrEqualTo(mebibytes / 4);
  }
}
