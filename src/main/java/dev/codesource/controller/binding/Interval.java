package dev.codesource.controller.binding;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The interval of verifications, a duration in the notation of Go
 * (https://pkg.go.dev/time#ParseDuration). The Kubernetes client's own parser reads 1.5h as five
 * hours.
 */
final class Interval {

  static final Duration DEFAULT = Duration.ofHours(1);

  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h)");

  private Interval() {}

  /**
   * @param text of the form that the CRD admits
   */
  static Duration of(@Nullable String text) {
    return Optional.ofNullable(text).map(Interval::parse).orElse(DEFAULT);
  }

  private static Duration parse(String text) {
    Duration sum = Duration.ZERO;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      BigDecimal millis = new BigDecimal(parts.group(1)).multiply(unit(parts.group(2)));
      sum = sum.plusMillis(millis.longValue());
    }
    return sum;
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
