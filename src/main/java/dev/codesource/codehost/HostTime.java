package dev.codesource.codehost;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Converts times in a host's headers to the operator's clock. The clocks may differ, so a wait is
 * computed from the host's {@code Date} header if there is one.
 */
public final class HostTime {
  /**
   * The maximum for a wait that a host asks for, which may be a mistake; the host can ask again.
   */
  static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private static final Pattern DIGITS = Pattern.compile("\\d{1,18}");
  private static final long YEAR = Duration.ofDays(366).toSeconds();

  private HostTime() {}

  /** The time of the host's clock. */
  public static Instant now(ApiResponse answer, Clock clock) {
    return answer.header("Date").flatMap(HostTime::httpDate).orElseGet(clock::instant);
  }

  /** {@code Retry-After}: seconds, or a date (RFC 9110 section 10.2.3). */
  public static Optional<Instant> retryAfter(ApiResponse answer, Clock clock) {
    Optional<String> value = answer.header("Retry-After").map(String::strip);
    return value
        .flatMap(HostTime::seconds)
        .map(Duration::ofSeconds)
        .or(
            () ->
                value
                    .flatMap(HostTime::httpDate)
                    .map(at -> Duration.between(now(answer, clock), at)))
        .map(wait -> onOurClock(wait, clock));
  }

  /**
   * A reset time in a header such as {@code RateLimit-Reset}: seconds since 1970 (GitLab, GitHub)
   * or seconds from now (draft-ietf-httpapi-ratelimit-headers).
   */
  public static Optional<Instant> reset(String header, ApiResponse answer, Clock clock) {
    return answer
        .header(header)
        .map(String::strip)
        .flatMap(HostTime::seconds)
        .map(
            seconds ->
                seconds < YEAR
                    ? Duration.ofSeconds(seconds)
                    : Duration.ofSeconds(seconds - now(answer, clock).getEpochSecond()))
        .map(wait -> onOurClock(wait, clock));
  }

  private static Optional<Long> seconds(String value) {
    return DIGITS.matcher(value).matches() ? Optional.of(Long.valueOf(value)) : Optional.empty();
  }

  private static Optional<Instant> httpDate(String value) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value.strip())));
    } catch (DateTimeException notADate) {
      return Optional.empty();
    }
  }

  private static Instant onOurClock(Duration wait, Clock clock) {
    Duration least = wait.isNegative() ? Duration.ZERO : wait;
    return clock.instant().plus(least.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : least);
  }
}
