package dev.codesource.codehost;

import dev.codesource.reason.Outcome;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/**
 * A rate limit that a host reports as exceeded.
 *
 * @param until when the next request is allowed; empty: the host did not say
 * @param scope the requests that it applies to
 */
public record RateLimit(Optional<Instant> until, Outcome.Scope scope) {

  /** Recognizes the rate limits of a platform. */
  public interface Reader {
    Optional<RateLimit> read(ApiResponse answer, Clock clock);
  }

  /**
   * 429 (RFC 6585 section 4), or a 403 that mentions a rate limit; until {@code Retry-After}, or
   * else until the limit is reset.
   */
  public static Optional<RateLimit> usual(ApiResponse answer, Clock clock) {
    if (answer.status() != 429 && !isRefusalForRate(answer)) {
      return Optional.empty();
    }
    Optional<Instant> until =
        HostTime.retryAfter(answer, clock)
            .or(() -> HostTime.reset("RateLimit-Reset", answer, clock))
            .or(() -> HostTime.reset("X-RateLimit-Reset", answer, clock));
    return Optional.of(new RateLimit(until, Outcome.Scope.HOST));
  }

  private static boolean isRefusalForRate(ApiResponse answer) {
    return answer.status() == 403
        && (nothingRemains(answer) || answer.words("message").contains("rate limit"));
  }

  public static boolean nothingRemains(ApiResponse answer) {
    return answer
        .header("RateLimit-Remaining")
        .or(() -> answer.header("X-RateLimit-Remaining"))
        .filter(remaining -> remaining.strip().equals("0"))
        .isPresent();
  }
}
