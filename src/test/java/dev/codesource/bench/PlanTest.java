package dev.codesource.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.codesource.bench.Plan.Part;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {

  @ParameterizedTest
  @ValueSource(strings = {" ", ",", ", "})
  void partsAndSizesAreSeparatedBySpacesOrCommas(String separator) {
    Plan plan =
        Plan.of(
            Map.of("BENCH", "cold" + separator + "latency", "SIZES", "100" + separator + "5000"));

    assertThat(plan.parts()).containsExactly(Part.COLD, Part.LATENCY);
    assertThat(plan.sizes()).containsExactly(100, 5000);
  }

  @Test
  void withoutAValueItIsQuick() {
    Plan plan = Plan.of(Map.of("BENCH", "", "SIZES", " "));

    assertThat(plan.parts()).containsExactly(Part.values());
    assertThat(plan.sizes()).containsExactly(100, 1000);
  }

  @ParameterizedTest
  @CsvSource({
    "BENCH, cold;latency, 'parts of [start, cold,'",
    "BENCH, colt, BENCH=colt",
    "SIZES, 100;200, separated by spaces or commas",
    "SIZES, many, SIZES=many",
    "MAIN, 0, MAIN=0",
    "IDLE_SECONDS, 1m, IDLE_SECONDS=1m"
  })
  void aWrongValueIsNamedAndTheRightOnesAreTold(String name, String value, String words) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Plan.of(Map.of(name, value)))
        .withMessageContaining(words);
  }
}
