package dev.codesource.web.webhook;

import dev.codesource.api.Platform;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The metrics of deliveries (https://prometheus.io/docs/practices/naming/). */
final class DeliveryMetrics {

  /** What became of a delivery. */
  enum Result {
    /** It was proven, and is noted. */
    ACCEPTED,
    /** Its path is known, and its proof is wrong or missing. */
    UNPROVEN,
    /** Its path is not known. */
    UNKNOWN,
    /** It was proven, and the API server did not take the note. */
    NOT_NOTED,
    /** It was proven, and too many of its namespace wait for their note. */
    BUSY,
    /** It came before the webhooks were known. */
    UNAVAILABLE,
    /** It is too long, has too many headers, or another method. */
    MALFORMED,
    /** It has not arrived whole. */
    BROKEN
  }

  private static final String NONE = "none";

  private record Labels(String platform, Result result) {}

  private final MeterRegistry registry;
  private final Timer duration;
  private final Map<Labels, Counter> counters = new ConcurrentHashMap<>();

  DeliveryMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.duration =
        Timer.builder("codesource.webhook.delivery.duration")
            .description("Time from the head of a proven delivery to its answer")
            .serviceLevelObjectives(
                Duration.ofMillis(10),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(250),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5))
            .register(registry);
  }

  /** Counts a delivery that was refused before its path was looked up. */
  void refused(Result result) {
    counted(Optional.empty(), result);
  }

  /**
   * Counts a delivery.
   *
   * @param platform empty: its path is not known
   */
  void counted(Optional<Platform> platform, Result result) {
    counters
        .computeIfAbsent(new Labels(platform.map(Platform::name).orElse(NONE), result), this::made)
        .increment();
  }

  void took(long nanos) {
    duration.record(Duration.ofNanos(nanos));
  }

  private Counter made(Labels labels) {
    return Counter.builder("codesource.webhook.deliveries")
        .description("Deliveries by what became of them")
        .tag("platform", labels.platform())
        .tag("result", labels.result().name().toLowerCase(Locale.ROOT))
        .register(registry);
  }
}
