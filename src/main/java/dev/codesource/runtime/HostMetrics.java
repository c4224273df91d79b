package dev.codesource.runtime;

import dev.codesource.address.Origin;
import dev.codesource.http.limit.HostLimiter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The hosts that are not asked at present: how many, and for how long. Only those with the longest
 * waits have a row of their own, since anyone who may create bindings decides how many hosts there
 * are.
 */
public final class HostMetrics {

  /** How many hosts have a row. */
  static final int MAX_HOSTS = 50;

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final HostLimiter limiter;
  private final Clock clock;
  private final MultiGauge backoff;
  private final AtomicReference<Instant> nextRefresh = new AtomicReference<>(Instant.MIN);
  private volatile Map<Origin, Instant> backingOff = Map.of();

  public HostMetrics(MeterRegistry registry, HostLimiter limiter, Clock clock) {
    this.limiter = limiter;
    this.clock = clock;
    this.backoff =
        MultiGauge.builder("codesource.host.backoff.seconds")
            .description("How long until a host is asked again: the hosts with the longest waits")
            .register(registry);
    Gauge.builder("codesource.hosts.backing.off", this, HostMetrics::count)
        .description("Hosts that are not asked at present")
        .register(registry);
  }

  /**
   * Takes a snapshot, once a second at most: it goes through all hosts. Rows are made anew only
   * when they are of other hosts than before.
   */
  public void refresh() {
    Instant due = nextRefresh.get();
    Instant moment = clock.instant();
    if (moment.isBefore(due) || !nextRefresh.compareAndSet(due, moment.plus(PAUSE))) {
      return;
    }
    Map<Origin, Instant> now = limiter.backingOff();
    List<Origin> shown = longest(now);
    boolean changed = !shown.equals(longest(backingOff));
    backingOff = now;
    if (changed) {
      backoff.register(
          shown.stream()
              .map(
                  origin ->
                      MultiGauge.Row.of(Tags.of("host", origin.authority()), () -> seconds(origin)))
              .toList(),
          true);
    }
  }

  private static List<Origin> longest(Map<Origin, Instant> hosts) {
    return hosts.entrySet().stream()
        .sorted(
            Map.Entry.<Origin, Instant>comparingByValue(Comparator.reverseOrder())
                .thenComparing(entry -> entry.getKey().toString()))
        .limit(MAX_HOSTS)
        .map(Map.Entry::getKey)
        .sorted(Comparator.comparing(Origin::toString))
        .toList();
  }

  /** Asked at each scrape, also when nothing is verified any more. */
  private double count() {
    refresh();
    Instant now = clock.instant();
    return backingOff.values().stream().filter(now::isBefore).count();
  }

  private double seconds(Origin origin) {
    return Optional.ofNullable(backingOff.get(origin))
        .map(until -> Duration.between(clock.instant(), until))
        .filter(Duration::isPositive)
        .map(left -> left.toMillis() / 1000.0)
        .orElse(0.0);
  }
}
