package dev.codesource.schedule;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An interval that a user writes, a duration in the notation of Go
 * (https://pkg.go.dev/time#ParseDuration). The Kubernetes client's own parser reads 1.5h as five
 * hours.
 */
public final class Interval {

  /** The bounds of the CRDs, which may be younger than a resource. */
  private static final Duration LEAST = Duration.ofMinutes(1);

  private static final Duration MOST = Duration.ofDays(365);
  private static final int LENGTH = 32;

  private static final String NUMBER_AND_UNIT = "([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h)";
  private static final Pattern PART = Pattern.compile(NUMBER_AND_UNIT);
  private static final Pattern WHOLE = Pattern.compile("(?:" + NUMBER_AND_UNIT + ")+");

  private Interval() {}

  /**
   * The interval, at least a minute and at most a year.
   *
   * @param otherwise where the CRD admits no such text
   */
  public static Duration of(@Nullable String text, Duration otherwise) {
    return Optional.ofNullable(text)
        .filter(written -> written.length() <= LENGTH && WHOLE.matcher(written).matches())
        .map(Interval::parse)
        .orElse(otherwise);
  }

  private static Duration parse(String text) {
    BigDecimal sum = BigDecimal.ZERO;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      sum = sum.add(new BigDecimal(parts.group(1)).multiply(unit(parts.group(2))));
    }
    return Duration.ofMillis(
        sum.max(BigDecimal.valueOf(LEAST.toMillis()))
            .min(BigDecimal.valueOf(MOST.toMillis()))
            .longValue());
  }

  private static BigDecimal unit(String unit) {
    return BigDecimal.valueOf(
        switch (unit) {
          case "h" -> 3_600_000;
          case "m" -> 60_000;
          case "s" -> 1_000;
          case "ms" -> 1;
          default -> throw new IllegalStateException(unit + " is not one of the pattern's units");
        });
  }
}
