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
 */
final class Admission {

  private static final int AT_ONCE = 16;
  private static final int BURST = 200;
  private static final Duration ONE_EACH = Duration.ofMillis(20);
  private static final int BINDING_BURST = 20;
  private static final Duration BINDING_ONE_EACH = Duration.ofMillis(500);

  /** Names are free to invent, so what is known of most of them is forgotten. */
  private static final int MOST_BINDINGS = 1000;

  private final Semaphore atOnce;
  private final TokenBucket all;
  private final SequencedMap<String, TokenBucket> bindings = new LinkedHashMap<>();

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
   * @param binding that it is for, where that is known
   * @return empty: there is too much to do
   */
  <T> Optional<T> admit(Optional<String> binding, Supplier<T> work) {
    if (binding.filter(name -> !bucket(name).tryTake()).isPresent() || !atOnce.tryAcquire()) {
      return Optional.empty();
    }
    try {
      return all.tryTake() ? Optional.of(work.get()) : Optional.empty();
    } finally {
      atOnce.release();
    }
  }

  private TokenBucket bucket(String binding) {
    synchronized (bindings) {
      TokenBucket bucket =
          Optional.ofNullable(bindings.remove(binding))
              .orElseGet(() -> new TokenBucket(BINDING_BURST, BINDING_ONE_EACH));
      bindings.putLast(binding, bucket);
      if (bindings.size() > MOST_BINDINGS) {
        bindings.pollFirstEntry();
      }
      return bucket;
    }
  }

  /** How many bindings have a bucket. */
  int known() {
    synchronized (bindings) {
      return bindings.size();
    }
  }
}
