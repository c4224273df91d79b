package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.Origin;
import dev.codesource.address.Origin.Scheme;
import dev.codesource.address.SiteUrl;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.limit.Caller;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostMetricsTest {

  private final AdjustableClock clock = new AdjustableClock();
  private final HostLimiter limiter = new HostLimiter(8, clock, new Random(1));
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final HostMetrics metrics = new HostMetrics(registry, limiter, clock);

  private void down(int host) {
    limiter.through(
        new Caller(
            "team" + host / 100,
            new SiteUrl(new Origin(Scheme.HTTPS, "h" + host + ".example", 443), "")),
        () -> Outcome.waiting(Reason.ConnectionRefused, "It is down."));
  }

  private double count() {
    return registry.get("codesource.hosts.backing.off").gauge().value();
  }

  @Test
  void tenThousandHostsAreACountAndFiftyRows() {
    for (int host = 0; host < 10_000; host++) {
      down(host);
    }

    assertThat(count()).isEqualTo(10_000);
    assertThat(registry.find("codesource.host.backoff.seconds").gauges())
        .hasSize(HostMetrics.MAX_HOSTS)
        .allSatisfy(gauge -> assertThat(gauge.value()).isBetween(9.0, 11.0));
  }

  @Test
  void aHostThatIsAskedAgainHasNoRow() {
    down(1);
    metrics.refresh();
    assertThat(registry.find("codesource.host.backoff.seconds").gauges()).hasSize(1);

    clock.advance(Duration.ofMinutes(1));

    assertThat(count()).isZero();
    assertThat(registry.find("codesource.host.backoff.seconds").gauges()).isEmpty();
  }
}
