package dev.codesource.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and durations, as people write and read them. */
final class Times {

  private static final String NUMBER_AND_UNIT = "([0-9]{1,9}(?:\\.[0-9]{1,9})?)(ms|s|m|h)";
  private static final Pattern PART = Pattern.compile(NUMBER_AND_UNIT);
  private static final Pattern WHOLE = Pattern.compile("(?:" + NUMBER_AND_UNIT + "){1,4}");
  private static final Duration MOST = Duration.ofDays(7);

  private Times() {}

  /**
   * A duration in the notation of Go (https://pkg.go.dev/time#ParseDuration): {@code 30s}, {@code
   * 1m30s}, {@code 1h}; a week at most.
   */
  static Duration duration(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw Failure.usage(
          "\"%s\" is not a duration: write a number with a unit, such as 30s, 5m or 1h."
              .formatted(text));
    }
    BigDecimal milliseconds = BigDecimal.ZERO;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      long unit =
          switch (parts.group(2)) {
            case "h" -> 3_600_000;
            case "m" -> 60_000;
            case "s" -> 1_000;
            default -> 1;
          };
      milliseconds =
          milliseconds.add(new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit)));
    }
    return Duration.ofMillis(milliseconds.min(BigDecimal.valueOf(MOST.toMillis())).longValue());
  }

  /** A time of the API server (RFC 3339); empty: there is none, or it is not one. */
  static Optional<Instant> read(String text) {
    try {
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from));
    } catch (DateTimeParseException notOne) {
      return Optional.empty();
    }
  }

  /** How long ago, in the largest unit that is at least two, as kubectl has it: {@code 5m}. */
  static String ago(String text, Instant now) {
    return read(text).map(time -> shown(Duration.between(time, now))).orElse("");
  }

  private static String shown(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 2 * 3600) {
      return seconds / 60 + "m";
    }
    return seconds < 2 * 86_400 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }
}
