package dev.codesource.runtime;

import dev.codesource.address.Origin;
import dev.codesource.http.limit.HostLimiter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Metrics of the hosts whose circuit breaker is open. */
public final class HostMetrics {

  private final HostLimiter limiter;
  private final Clock clock;
  private final MultiGauge backoff;
  private volatile Set<Origin> shown = Set.of();

  public HostMetrics(MeterRegistry registry, HostLimiter limiter, Clock clock) {
    this.limiter = limiter;
    this.clock = clock;
    this.backoff =
        MultiGauge.builder("codesource.host.backoff.seconds")
            .description("Time until the next request to a host may be sent")
            .register(registry);
  }

  /**
   * Publishes the hosts whose circuit breaker is open now, no others. Cheap when they are the same
   * as before.
   */
  public void refresh() {
    Set<Origin> now = Set.copyOf(limiter.backingOff().keySet());
    if (!now.equals(shown)) {
      shown = now;
      backoff.register(
          now.stream()
              .map(
                  origin ->
                      MultiGauge.Row.of(Tags.of("host", origin.authority()), () -> seconds(origin)))
              .toList(),
          true);
    }
  }

  private double seconds(Origin origin) {
    Map<Origin, Instant> backingOff = limiter.backingOff();
    return Optional.ofNullable(backingOff.get(origin))
        .map(until -> Duration.between(clock.instant(), until))
        .filter(Duration::isPositive)
        .map(left -> left.toMillis() / 1000.0)
        .orElse(0.0);
  }
}
