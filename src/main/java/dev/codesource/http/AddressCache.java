package dev.codesource.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.LongSupplier;

/**
 * The addresses of names that were looked up not long ago. An answer counts for all tenants, and
 * takes the place of the tenant that asked first. When the cache is full, the oldest answer of the
 * tenant with the most is forgotten, so that one tenant does not push out the answers of others.
 */
final class AddressCache {

  /** As the JDK's own cache has it. */
  private static final Duration KEPT = Duration.ofSeconds(30);

  private static final Duration NOTHING_KEPT = Duration.ofSeconds(10);

  private final int most;
  private final LongSupplier nanoTime;
  private final Map<String, Entry> byName = new HashMap<>();

  /** The names of each tenant, the oldest first. */
  private final Map<String, SequencedMap<String, Entry>> byTenant = new HashMap<>();

  private record Entry(String tenant, List<InetAddress> addresses, long end) {}

  /**
   * An empty cache.
   *
   * @param most how many names it has
   * @param nanoTime the clock
   */
  AddressCache(int most, LongSupplier nanoTime) {
    this.most = most;
    this.nanoTime = nanoTime;
  }

  /** The addresses, none if the name has none; empty: it is not known. */
  synchronized Optional<List<InetAddress>> find(String name) {
    Entry entry = byName.get(name);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.end() - nanoTime.getAsLong() <= 0) {
      remove(name);
      return Optional.empty();
    }
    return Optional.of(entry.addresses());
  }

  synchronized void put(String tenant, String name, List<InetAddress> addresses) {
    remove(name);
    if (byName.size() >= most) {
      removeOldest();
    }
    Duration kept = addresses.isEmpty() ? NOTHING_KEPT : KEPT;
    Entry entry = new Entry(tenant, List.copyOf(addresses), nanoTime.getAsLong() + kept.toNanos());
    byName.put(name, entry);
    byTenant.computeIfAbsent(tenant, _ -> new LinkedHashMap<>()).putLast(name, entry);
  }

  synchronized int size() {
    return byName.size();
  }

  private void removeOldest() {
    byTenant.values().stream()
        .max((one, other) -> Integer.compare(one.size(), other.size()))
        .map(SequencedMap::firstEntry)
        .ifPresent(oldest -> remove(oldest.getKey()));
  }

  private void remove(String name) {
    Entry entry = byName.remove(name);
    if (entry != null) {
      byTenant.computeIfPresent(
          entry.tenant(),
          (_, names) -> {
            names.remove(name);
            return names.isEmpty() ? null : names;
          });
    }
  }
}
