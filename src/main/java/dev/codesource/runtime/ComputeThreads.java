package dev.codesource.runtime;

import dev.codesource.http.limit.FairBulkhead;
import dev.codesource.http.limit.RequestInterruptedException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Does what keeps a processor busy for as long as a tenant's text asks for, such as matching
 * regular expressions. On a virtual thread it would keep a carrier, of which there are as many as
 * processors, and nothing else would go on. A free thread here goes to the namespace that uses the
 * fewest, and one namespace uses half of them at most. Each piece of work must be limited by
 * itself.
 */
@Singleton
public final class ComputeThreads {

  static final int AT_ONCE = 2;

  private static final Duration IDLE = Duration.ofSeconds(30);

  private final FairBulkhead places = new FairBulkhead(AT_ONCE);
  private final Executor threads;

  @Inject
  public ComputeThreads() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            AT_ONCE,
            AT_ONCE,
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("compute-", 1).factory());
    pool.allowCoreThreadTimeOut(true);
    this.threads = pool;
  }

  /**
   * Waits for a thread, and until the work is done. What the work throws is thrown.
   *
   * @param work reads no socket and waits for nothing
   * @throws RequestInterruptedException when the thread is interrupted while it waits
   */
  public <T> T compute(String namespace, Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    places.execute(List.of(namespace), threads, () -> complete(result, work));
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestInterruptedException(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a computation failed", e.getCause());
    }
  }

  private static <T> void complete(CompletableFuture<T> result, Supplier<T> work) {
    try {
      result.complete(work.get());
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }
}
