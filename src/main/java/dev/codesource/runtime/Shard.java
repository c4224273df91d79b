package dev.codesource.runtime;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The part of the bindings that one process reconciles. Each shard but the first has the bindings
 * that are labelled with its number. The first has all others, so that every binding has a shard,
 * whatever its label says.
 *
 * @param index from 0 to {@code count - 1}
 * @param count the number of shards, 1 to {@value #MOST}
 */
public record Shard(int index, int count) {

  /** The label with the number of the shard that reconciles the binding. */
  public static final String LABEL = "codesource.dev/shard";

  /** The chart grants the operator this many Leases. */
  public static final int MOST = 16;

  /** The only shard. */
  public static final Shard WHOLE = new Shard(0, 1);

  /** A holder's identity: the name of a pod, which has no underscore, and its number of shards. */
  private static final Pattern HOLDER = Pattern.compile("[^_]+_of_([0-9]{1,2})");

  public Shard {
    if (count < 1 || count > MOST || index < 0 || index >= count) {
      throw new IllegalArgumentException(
          "There is no shard %d of %d: there may be %d, counted from 0."
              .formatted(index, count, MOST));
    }
  }

  /** The label selector of its bindings; empty: all. */
  public Optional<String> selector() {
    if (count == 1) {
      return Optional.empty();
    }
    return Optional.of(
        index > 0
            ? LABEL + "=" + index
            : IntStream.range(1, count)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(",", LABEL + " notin (", ")")));
  }

  /** The name of its Lease. */
  public String lease(String base) {
    return leaseOf(index, base);
  }

  private static String leaseOf(int index, String base) {
    return index == 0 ? base : base + "-" + index;
  }

  /** The holder's identity in the Lease of a pod with this number of shards. */
  public String holder(String pod) {
    return count == 1 ? pod : pod + "_of_" + count;
  }

  /** The number of shards that the holder of a Lease is configured with. */
  static int countOf(String holder) {
    Matcher matcher = HOLDER.matcher(holder);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 1;
  }

  /**
   * The other Leases that show whether another process may reconcile the bindings of this shard.
   */
  Stream<String> others(String base) {
    return index > 0
        ? Stream.of(leaseOf(0, base))
        : IntStream.range(count, MOST).mapToObj(other -> leaseOf(other, base));
  }
}
