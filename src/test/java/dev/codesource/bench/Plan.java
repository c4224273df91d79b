package dev.codesource.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What to measure.
 *
 * @param sizes of fleets, for cold starts; all else is measured on {@code main}
 * @param main the size of the other parts' fleet
 * @param idle how long to watch an operator that has nothing to do
 * @param changes how many Secrets to change
 * @param starts how often to start for the time to the first Bound
 * @param attack how long a hostile tenant works against the operator
 * @param out the document that gets the tables
 */
record Plan(
    Set<Part> parts,
    List<Integer> sizes,
    int main,
    Duration idle,
    int changes,
    int starts,
    Duration attack,
    Path out) {

  /** A part of the measurements, in the order of their course. */
  enum Part {
    START,
    COLD,
    LATENCY,
    RESTART,
    SECRETS,
    IDLE,
    SHARDS,
    FAILOVER,
    HOSTILE
  }

  /**
   * From the environment: {@code BENCH} is {@code quick} (the default), {@code full}, or parts;
   * {@code SIZES}, {@code IDLE_SECONDS}, {@code CHANGES}, {@code ATTACK_SECONDS} and {@code OUT}
   * change one thing.
   */
  static Plan of(Map<String, String> environment) {
    String bench =
        environment.getOrDefault("BENCH", "").isBlank() ? "quick" : environment.get("BENCH");
    boolean full = bench.equals("full");
    Set<Part> parts =
        full || bench.equals("quick")
            ? EnumSet.allOf(Part.class)
            : Arrays.stream(bench.trim().split("[ ,]+"))
                .map(name -> Part.valueOf(name.toUpperCase(java.util.Locale.ROOT)))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Part.class)));
    List<Integer> sizes =
        Arrays.stream(given(environment, "SIZES", full ? "100,1000,10000" : "100,1000").split(","))
            .map(Integer::valueOf)
            .toList();
    return new Plan(
        parts,
        sizes,
        Integer.parseInt(given(environment, "MAIN", full ? "10000" : "1000")),
        Duration.ofSeconds(Long.parseLong(given(environment, "IDLE_SECONDS", full ? "600" : "30"))),
        Integer.parseInt(given(environment, "CHANGES", full ? "200" : "50")),
        full ? 5 : 3,
        Duration.ofSeconds(
            Long.parseLong(given(environment, "ATTACK_SECONDS", full ? "600" : "60"))),
        Path.of(given(environment, "OUT", "docs/benchmarks.md")));
  }

  private static String given(Map<String, String> environment, String name, String otherwise) {
    String value = environment.getOrDefault(name, "");
    return value.isBlank() ? otherwise : value;
  }

  boolean has(Part part) {
    return parts.contains(part);
  }
}
