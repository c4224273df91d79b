package dev.codesource.web.authorize;

import dev.codesource.runtime.TokenBucket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * How much work strangers can cause. Anyone who reaches the pages can ask for them, and each page
 * costs reads from the API server: so there is a limit for what is done at once, for the rate, and
 * for the rate of one binding, whose visitors then do not take the turn of others.
 *
 * <p>Pages and callbacks have limits of their own, and a callback that belongs to a flow that was
 * begun here is limited by nothing but {@link #expected}: no flood keeps a person from coming back
 * to the process that began the flow. A callback that comes to another replica has the limits of
 * everybody.
 */
final class Admission {

  private static final int AT_ONCE = 16;
  private static final int BURST = 200;
  private static final Duration ONE_EACH = Duration.ofMillis(20);
  private static final int BINDING_BURST = 20;
  private static final Duration BINDING_ONE_EACH = Duration.ofMillis(500);

  /** Names are free to invent, so what is known of most of them is forgotten. */
  private static final int MOST = 1000;

  private final Semaphore atOnce;
  private final TokenBucket all;
  private final Buckets bindings = new Buckets(BINDING_BURST, BINDING_ONE_EACH);

  /** The digest of the state of the flow that was begun last, by binding. */
  private final SequencedMap<String, String> flows = new LinkedHashMap<>();

  Admission() {
    this(AT_ONCE, new TokenBucket(BURST, ONE_EACH));
  }

  Admission(int atOnce, TokenBucket all) {
    this.atOnce = new Semaphore(atOnce);
    this.all = all;
  }

  /**
   * Does some work now; it does not wait for a turn.
   *
   * @param binding that it is for
   * @return empty: there is too much to do
   */
  <T> Optional<T> admit(String binding, Supplier<T> work) {
    if (!bindings.tryTake(binding) || !atOnce.tryAcquire()) {
      return Optional.empty();
    }
    try {
      return all.tryTake() ? Optional.of(work.get()) : Optional.empty();
    } finally {
      atOnce.release();
    }
  }

  /**
   * Notes that a flow was begun here, so that its callback is admitted whatever else comes. A
   * binding has one flow, so that this costs an entry for each binding that exists.
   */
  void begun(String binding, String flow) {
    synchronized (flows) {
      flows.remove(binding);
      flows.putLast(binding, flow);
      if (flows.size() > MOST) {
        flows.pollFirstEntry();
      }
    }
  }

  /**
   * Whether a callback belongs to a flow that was begun here. Once: who repeats it is limited as
   * everybody.
   */
  boolean expected(String binding, String flow) {
    synchronized (flows) {
      return flows.remove(binding, flow);
    }
  }

  /** How many bindings or flows are known. */
  int known() {
    synchronized (flows) {
      return Math.max(flows.size(), bindings.size());
    }
  }

  /** A bucket for each name, of the names that were used last. */
  private static final class Buckets {
    private final int burst;
    private final Duration oneEach;
    private final SequencedMap<String, TokenBucket> byName = new LinkedHashMap<>();

    Buckets(int burst, Duration oneEach) {
      this.burst = burst;
      this.oneEach = oneEach;
    }

    synchronized boolean tryTake(String name) {
      TokenBucket bucket =
          Optional.ofNullable(byName.remove(name)).orElseGet(() -> new TokenBucket(burst, oneEach));
      byName.putLast(name, bucket);
      if (byName.size() > MOST) {
        byName.pollFirstEntry();
      }
      return bucket.tryTake();
    }

    synchronized int size() {
      return byName.size();
    }
  }
}
