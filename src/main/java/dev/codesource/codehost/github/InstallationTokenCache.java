package dev.codesource.codehost.github;

import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.InstallationToken;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Done;
import dev.codesource.reason.Outcome.Refused;
import dev.codesource.reason.Outcome.Waiting;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Pauses;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of installations that the operator itself uses. They are in memory only: no consumer
 * sees them, and after a start new ones are made. At most one is made at a time for a credential
 * and a use.
 */
final class InstallationTokenCache {

  /** Between two tokens of a credential, whatever GitHub says and however its Secret changes. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  /** No longer used then, so that none expires on the way: the longest request takes less. */
  static final Duration BEFORE_EXPIRY = Duration.ofMinutes(5);

  /**
   * What is refused with an older token is tried once more with a new one: the token may have been
   * revoked, or be older than what the installation may see now.
   */
  static final Duration YOUNG = Duration.ofMinutes(1);

  private final int most;
  private final Clock clock;
  private final Pauses pauses = new Pauses(PAUSE);

  /** Those that were not used for the longest time first. */
  private final SequencedMap<Key, Slot> slots = new LinkedHashMap<>();

  /**
   * An empty cache.
   *
   * @param most how many tokens are kept
   */
  InstallationTokenCache(int most, Clock clock) {
    this.most = most;
    this.clock = clock;
  }

  /**
   * Whose token it is, and what for.
   *
   * @param version of the credential: after a change of the Secret no earlier token is used
   */
  private record Key(SiteUrl site, String installation, String version, InstallationUse use) {}

  private record Held(InstallationToken token, Instant obtainedAt) {

    boolean isGoodUntil(Instant time) {
      return token.expiresAt().isAfter(time);
    }
  }

  /** The token of one key; whoever holds the lock may make one. */
  private static final class Slot {
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Held held;

    /** Why none could be made the last time. */
    private @Nullable Problem refusal;
  }

  /**
   * Does work with a token, which is made first if there is none.
   *
   * @param credential of an app
   * @param making asks the site for a token
   * @param work with what git sends; done once more if it is refused
   * @return the outcome of the work; or why there is no token
   */
  <T> Outcome<T> with(
      SiteUrl site,
      Credential credential,
      InstallationUse use,
      Supplier<Outcome<InstallationToken>> making,
      Function<GitLogin, Outcome<T>> work) {
    Key key = new Key(site, credential.installation().orElseThrow(), credential.version(), use);
    String whose =
        String.join("\0", site.toString(), key.installation(), credential.identity(), use.name());
    Slot slot = slot(key);
    return provided(slot, whose, making, Optional.empty())
        .then(
            held -> {
              Outcome<T> outcome = work.apply(held.token().login());
              return outcome instanceof Refused<T>(var problem)
                      && mayBeOfTheToken(problem.reason())
                      && !clock.instant().isBefore(held.obtainedAt().plus(YOUNG))
                  ? provided(slot, whose, making, Optional.of(held))
                      .then(newer -> work.apply(newer.token().login()))
                  : outcome;
            });
  }

  private static boolean mayBeOfTheToken(Reason reason) {
    return reason == Reason.RepositoryNotFound
        || reason == Reason.RepositoryNotReadable
        || reason == Reason.WebhookNotPermitted
        || reason == Reason.CommitStatusForbidden;
  }

  /**
   * The token.
   *
   * @param otherThan one that is not to be used again
   */
  private Outcome<Held> provided(
      Slot slot,
      String whose,
      Supplier<Outcome<InstallationToken>> making,
      Optional<Held> otherThan) {
    // Whoever waits here has the token that is being made.
    slot.lock.lock();
    try {
      Instant now = clock.instant();
      Optional<Held> known =
          Optional.ofNullable(slot.held)
              .filter(held -> held.isGoodUntil(now))
              .filter(held -> otherThan.filter(held::equals).isEmpty());
      if (known.filter(held -> held.isGoodUntil(now.plus(BEFORE_EXPIRY))).isPresent()) {
        return Outcome.done(known.get());
      }
      Outcome<Held> made = made(slot, whose, making, now);
      return made instanceof Waiting<Held> && known.isPresent() ? Outcome.done(known.get()) : made;
    } finally {
      slot.lock.unlock();
    }
  }

  private Outcome<Held> made(
      Slot slot, String whose, Supplier<Outcome<InstallationToken>> making, Instant now) {
    Optional<Instant> tooSoon = pauses.take(whose, now);
    if (tooSoon.isPresent()) {
      Problem refusal = slot.refusal;
      return refusal == null
          ? Outcome.waiting(
              Reason.Conflict,
              "The operator made a token of the app's installation less than %d seconds ago, and does not make another one yet."
                  .formatted(PAUSE.toSeconds()),
              tooSoon,
              Outcome.Scope.CREDENTIAL)
          : new Refused<>(refusal);
    }
    Outcome<Held> made = making.get().map(token -> new Held(token, clock.instant()));
    slot.held = made instanceof Done<Held>(var held) ? held : slot.held;
    slot.refusal = made instanceof Refused<Held>(var problem) ? problem : null;
    return made;
  }

  private synchronized Slot slot(Key key) {
    Slot known = slots.remove(key);
    Slot slot = known == null ? new Slot() : known;
    slots.putLast(key, slot);
    if (slots.size() > most) {
      slots.pollFirstEntry();
    }
    return slot;
  }

  synchronized int remembered() {
    return slots.size();
  }
}
