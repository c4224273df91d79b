package dev.codesource.git;

import java.util.HashMap;
import java.util.Map;

/**
 * Limits the memory that lists of refs take, of all comparisons together. Whoever has no part left
 * gives back what it holds, and tries again later.
 *
 * <p>A tenant gets more only while it holds no more than is free afterwards. So one tenant holds
 * half of it at most, and something is left for a tenant that comes, as with {@link
 * dev.codesource.http.limit.FairBulkhead}.
 */
public final class RefsMemory {

  /**
   * In bytes, of one ref without its name, in the worst moment: its objects, id and end while the
   * list is read; then the list, the one that was seen before, and the one that is to be stored.
   */
  private static final int BESIDE_NAME = 120;

  /** How often a name is in memory in the worst moment. */
  private static final int COPIES = 3;

  /** Of the longest list that is read. */
  static final long OF_ONE =
      (long) COPIES * RefFilter.MOST_BYTES + (long) BESIDE_NAME * RefFilter.MOST;

  private final Map<String, Long> held = new HashMap<>();
  private long free;

  RefsMemory(long bytes) {
    this.free = bytes;
  }

  /**
   * Three eighths of the heap, or twice as much as the longest list takes: less would never let it
   * be read.
   *
   * @param heap in bytes
   */
  public static RefsMemory ofHeap(long heap) {
    return new RefsMemory(Math.max(heap / 8 * 3, 2 * OF_ONE));
  }

  /**
   * What one comparison holds. It begins with nothing.
   *
   * @param tenant for whom it is
   */
  public Share open(String tenant) {
    return new Share(tenant);
  }

  /** In bytes, what nobody holds. */
  synchronized long free() {
    return free;
  }

  /** The part of one comparison. Closing it gives all of it back, and twice is as once. */
  public final class Share implements AutoCloseable {
    private final String tenant;
    private long bytes;

    private Share(String tenant) {
      this.tenant = tenant;
    }

    /**
     * Takes what one more ref needs.
     *
     * @param length of its name, in bytes
     * @return whether there was as much
     */
    boolean takeRef(int length) {
      long more = (long) COPIES * length + BESIDE_NAME;
      synchronized (RefsMemory.this) {
        if (held.getOrDefault(tenant, 0L) + more > free) {
          return false;
        }
        held.merge(tenant, more, Long::sum);
        free -= more;
        bytes += more;
        return true;
      }
    }

    @Override
    public void close() {
      synchronized (RefsMemory.this) {
        free += bytes;
        held.computeIfPresent(tenant, (_, all) -> all - bytes);
        held.remove(tenant, 0L);
        bytes = 0;
      }
    }
  }
}
