package dev.codesource.runtime;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A process's part of the bindings. Each shard but the first has those that are labelled with its
 * number; the first has all others, so that none is without an owner whatever its label says.
 *
 * @param index from 0
 * @param count how many shards there are
 */
public record Shard(int index, int count) {

  /** With the number of the shard that works on the binding. */
  public static final String LABEL = "codesource.dev/shard";

  /** The chart grants the operator this many Leases. */
  public static final int MOST = 16;

  /** All there is. */
  public static final Shard WHOLE = new Shard(0, 1);

  /** A holder's name is that of a pod, which has no underscore, and how many shards it knows of. */
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

  /** How a pod that works by this count signs its Lease. */
  public String holder(String pod) {
    return count == 1 ? pod : pod + "_of_" + count;
  }

  /** The count by which the holder of a Lease works. */
  static int countOf(String holder) {
    Matcher matcher = HOLDER.matcher(holder);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 1;
  }

  /** The Leases that decide, besides its own, whether another process may have its bindings. */
  Stream<String> others(String base) {
    return index > 0
        ? Stream.of(leaseOf(0, base))
        : IntStream.range(count, MOST).mapToObj(other -> leaseOf(other, base));
  }
}
