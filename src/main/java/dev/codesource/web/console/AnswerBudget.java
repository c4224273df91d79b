package dev.codesource.web.console;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Bounds the answers of the API server that are in memory at once. Pages show what tenants write,
 * and an object of a tenant can have more than a megabyte.
 */
final class AnswerBudget {

  /** Of one answer, in bytes. Longer lists are read in smaller parts. */
  static final long LONGEST = 3L << 20;

  /** An object takes some times as much as its JSON, and not all of the heap is for these. */
  private static final int PART_OF_HEAP = 12;

  private final long most;
  private long used;

  /**
   * A budget.
   *
   * @param most bytes of all answers together
   */
  AnswerBudget(long most) {
    this.most = most;
  }

  /** For the heap of this process; enough for one answer in any. */
  static AnswerBudget ofHeap() {
    return new AnswerBudget(Math.max(LONGEST, Runtime.getRuntime().maxMemory() / PART_OF_HEAP));
  }

  /** What one visit takes, until it is over. */
  Share share() {
    return new Share();
  }

  /** Counts the answers to one visit. */
  final class Share implements Interceptor, AutoCloseable {
    private long taken;
    private volatile boolean isTooLong;
    private volatile boolean isExhausted;

    @Override
    public AsyncBody.Consumer<List<ByteBuffer>> consumer(
        AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
      long[] read = {0};
      return (buffers, body) -> {
        long more = buffers.stream().mapToLong(Buffer::remaining).sum();
        read[0] += more;
        isTooLong |= read[0] > LONGEST;
        isExhausted |= !isTooLong && !take(more);
        if (isTooLong || isExhausted) {
          // The client then says only that the stream was reset.
          body.cancel();
        } else {
          consumer.consume(buffers, body);
        }
      };
    }

    private boolean take(long more) {
      synchronized (AnswerBudget.this) {
        if (used + more > most) {
          return false;
        }
        used += more;
        taken += more;
        return true;
      }
    }

    /** Whether the last request failed because its answer was longer than one may be. */
    boolean isTooLong() {
      return isTooLong;
    }

    /** Whether a request failed because the answers to others left no memory, for a moment. */
    boolean isExhausted() {
      return isExhausted;
    }

    /** What was answered until now is not in memory any more. */
    void release() {
      synchronized (AnswerBudget.this) {
        used -= taken;
        taken = 0;
      }
      isTooLong = false;
    }

    @Override
    public void close() {
      release();
    }
  }
}
