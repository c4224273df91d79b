package dev.codesource.http;

import static dev.codesource.http.ClientUnderTest.address;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AddressCacheTest {

  private static final List<InetAddress> FOUND = List.of(address("192.0.2.7"));

  private final AtomicLong now = new AtomicLong();
  private final AddressCache cache = new AddressCache(100, now::get);

  @Test
  void anAnswerCountsForHalfAMinuteAndNoAnswerForTenSeconds() {
    cache.put("team", "host.test", FOUND);
    cache.put("team", "none.test", List.of());
    now.addAndGet(Duration.ofSeconds(9).toNanos());
    assertThat(cache.find("none.test")).contains(List.of());
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(cache.find("none.test")).isEmpty();
    assertThat(cache.find("host.test")).contains(FOUND);
    now.addAndGet(Duration.ofSeconds(20).toNanos());
    assertThat(cache.find("host.test")).isEmpty();
    assertThat(cache.size()).isZero();
  }

  @Test
  void aTenantWithManyNamesPushesOutItsOwn() {
    cache.put("good", "good.test", FOUND);
    for (int i = 0; i < 10_000; i++) {
      cache.put("bad", "bad" + i + ".test", FOUND);
    }

    assertThat(cache.size()).isEqualTo(100);
    assertThat(cache.find("good.test")).contains(FOUND);
    assertThat(cache.find("bad9999.test")).contains(FOUND);
    assertThat(cache.find("bad0.test")).isEmpty();
  }
}
