package dev.codesource.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    HOSTILE,
    DELIVERIES,
    TRIGGERS,
    PAGE
  }

  /**
   * From the environment: {@code BENCH} is {@code quick} (the default), {@code full}, or parts;
   * {@code SIZES}, {@code IDLE_SECONDS}, {@code CHANGES}, {@code ATTACK_SECONDS} and {@code OUT}
   * change one thing. Lists are separated by spaces or commas.
   *
   * @throws IllegalArgumentException with a sentence, if a value is wrong
   */
  static Plan of(Map<String, String> environment) {
    String bench =
        environment.getOrDefault("BENCH", "").isBlank() ? "quick" : environment.get("BENCH");
    boolean full = bench.equals("full");
    Set<Part> parts =
        full || bench.equals("quick")
            ? EnumSet.allOf(Part.class)
            : words(bench)
                .map(Plan::part)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Part.class)));
    List<Integer> sizes =
        words(given(environment, "SIZES", full ? "100,1000,10000" : "100,1000"))
            .map(word -> Math.toIntExact(number("SIZES", word)))
            .toList();
    return new Plan(
        parts,
        sizes,
        Math.toIntExact(number(environment, "MAIN", full ? "10000" : "1000")),
        Duration.ofSeconds(number(environment, "IDLE_SECONDS", full ? "600" : "30")),
        Math.toIntExact(number(environment, "CHANGES", full ? "200" : "50")),
        full ? 5 : 3,
        Duration.ofSeconds(number(environment, "ATTACK_SECONDS", full ? "600" : "60")),
        Path.of(given(environment, "OUT", "docs/benchmarks.md")));
  }

  private static Stream<String> words(String list) {
    return Arrays.stream(list.trim().split("[ ,]+"));
  }

  private static Part part(String name) {
    return Arrays.stream(Part.values())
        .filter(part -> part.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "BENCH=%s: write quick, full, or parts of %s, separated by spaces or commas."
                        .formatted(name, Arrays.toString(Part.values()).toLowerCase(Locale.ROOT))));
  }

  private static long number(Map<String, String> environment, String name, String otherwise) {
    return number(name, given(environment, name, otherwise).trim());
  }

  private static long number(String name, String value) {
    if (!value.matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException(
          "%s=%s: write a number from 1 to 999999999%s."
              .formatted(
                  name,
                  value,
                  name.equals("SIZES") ? ", or several, separated by spaces or commas" : ""));
    }
    return Long.parseLong(value);
  }

  private static String given(Map<String, String> environment, String name, String otherwise) {
    String value = environment.getOrDefault(name, "");
    return value.isBlank() ? otherwise : value;
  }

  /** Whether nothing is measured that the operator does. */
  boolean isOfTheConsole() {
    return parts.equals(EnumSet.of(Part.PAGE));
  }

  boolean has(Part part) {
    return parts.contains(part);
  }
}
