package dev.codesource.githubapp;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.InstallationToken;
import dev.codesource.codehost.InstallationTokens;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.http.HostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Ownership;
import dev.codesource.runtime.Pauses;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Creates, stores and renews installation tokens. Not for concurrent calls for the same binding. A
 * token that was replaced, or could not be stored, expires by itself.
 */
public final class InstallationTokenManager {

  private static final Logger LOG = Logger.getLogger("dev.codesource.githubapp");

  private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

  private final HostClient client;
  private final HostLimiter limiter;
  private final OwnedSecretStore store;
  private final Pauses pauses;
  private final Clock clock;
  private final Suspects suspects = new Suspects();

  /**
   * @param pauses between two tokens of a binding, whatever becomes of its Secret and whatever
   *     GitHub says
   */
  public InstallationTokenManager(
      HostClient client, HostLimiter limiter, OwnedSecretStore store, Pauses pauses, Clock clock) {
    this.client = client;
    this.limiter = limiter;
    this.store = store;
    this.pauses = pauses;
    this.clock = clock;
  }

  /** The name of the Secret of a binding's installation token. */
  public static String secretName(CodeSourceBinding binding) {
    return OwnedSecretStore.nameFor(binding, "-installation");
  }

  /**
   * The stored token, also an expired one, without a request.
   *
   * @param seen the binding's Secret
   */
  public Optional<StoredInstallationToken> known(
      CodeSourceBinding binding, Claim claim, Optional<Secret> seen) {
    return seen.filter(secret -> Ownership.isOwner(binding, secret.getMetadata()))
        .flatMap(StoredInstallationToken::in)
        .filter(held -> held.claim().equals(claim.digest()));
  }

  /**
   * A token that is not due for renewal. Sends a request to GitHub only if there is none.
   *
   * @param claim of an app
   * @param anew whether the stored token may have been revoked. If it is too young to be replaced,
   *     or GitHub does not answer, it is provided once more, and replaced by a later call, for
   *     which {@link #nextLook} names the time.
   */
  public Outcome<StoredInstallationToken> provide(
      CodeSourceBinding binding, Claim claim, Optional<Secret> seen, boolean anew) {
    Instant now = clock.instant();
    Optional<StoredInstallationToken> known = known(binding, claim, seen);
    if (anew) {
      known.ifPresent(held -> suspects.add(uid(binding), held));
    }
    Optional<Instant> tooSoon = tooSoonUntil(binding, known, now);
    boolean alive = known.filter(held -> held.isAlive(now)).isPresent();
    if (alive && (tooSoon.isPresent() || !isToBeReplaced(binding, known.get(), now))) {
      return Outcome.done(known.get());
    }
    if (tooSoon.isPresent()) {
      return new Outcome.Waiting<>(
          tooSoon(claim, known.isPresent()), tooSoon, Outcome.Scope.CREDENTIAL);
    }
    Outcome<StoredInstallationToken> provided = renewed(binding, claim, known);
    return provided instanceof Outcome.Waiting<StoredInstallationToken> && alive
        ? Outcome.done(known.get())
        : provided;
  }

  /** When a token may be made for the binding; empty: now. */
  private Optional<Instant> tooSoonUntil(
      CodeSourceBinding binding, Optional<StoredInstallationToken> known, Instant now) {
    return pauses
        .until(uid(binding), now)
        .or(() -> known.map(held -> held.obtainedAt().plus(pauses.length())).filter(now::isBefore));
  }

  private boolean isToBeReplaced(
      CodeSourceBinding binding, StoredInstallationToken held, Instant now) {
    return isDue(held, now) || suspects.contains(uid(binding), held);
  }

  private static String uid(CodeSourceBinding binding) {
    return binding.getMetadata().getUid();
  }

  private boolean isDue(StoredInstallationToken held, Instant now) {
    return held.isDue(now, pauses.length());
  }

  private Problem tooSoon(Claim claim, boolean hasExpired) {
    return hasExpired
        ? new Problem(
            Reason.TokenLifetimeTooShort,
            "The installation token of %s has expired, and the operator renews a token %d seconds after it was obtained at the earliest."
                .formatted(claim.codeHost().platform(), pauses.length().toSeconds()))
        : new Problem(
            Reason.Conflict,
            "The operator made an installation token for this binding less than %d seconds ago, and does not make another one yet."
                .formatted(pauses.length().toSeconds()));
  }

  private Outcome<StoredInstallationToken> renewed(
      CodeSourceBinding binding, Claim claim, Optional<StoredInstallationToken> known) {
    Optional<Secret> secret =
        store.find(
            binding.getMetadata().getNamespace(), secretName(binding), CredentialSecret.TYPE);
    if (secret.filter(found -> !Ownership.isOwner(binding, found.getMetadata())).isPresent()) {
      return OwnedSecretStore.notOwned("installation token", secretName(binding));
    }
    // The known token is from an informer, which may be late.
    Optional<StoredInstallationToken> newer =
        known(binding, claim, secret)
            .filter(held -> !isDue(held, clock.instant()))
            .filter(
                held ->
                    !Optional.of(held.obtainedAt())
                        .equals(known.map(StoredInstallationToken::obtainedAt)));
    return newer.isPresent()
        ? Outcome.done(newer.get())
        : limiter
            .through(claim.caller(), () -> mint(claim))
            .map(
                token -> {
                  Instant now = clock.instant();
                  pauses.note(uid(binding), now);
                  return new StoredInstallationToken(token, claim.digest(), now);
                })
            .then(held -> stored(binding, claim, secret, held));
  }

  private Outcome<InstallationToken> mint(Claim claim) {
    InstallationTokens tokens =
        claim
            .codeHost()
            .installationTokens()
            .orElseThrow(() -> new IllegalStateException("only apps have a credential like this"));
    return tokens.mint(
        claim.site(), claim.credential(), client.open(claim.tenant(), claim.anchors()));
  }

  private Outcome<StoredInstallationToken> stored(
      CodeSourceBinding binding,
      Claim claim,
      Optional<Secret> secret,
      StoredInstallationToken held) {
    Map<String, String> values = held.values(claim);
    Outcome<Secret> written =
        secret.isPresent()
            ? store.replace(secret.get(), values)
            : store.create(binding, secretName(binding), CredentialSecret.TYPE, values);
    return written.map(
        _ -> {
          suspects.clear(uid(binding));
          LOG.infof(
              "%s/%s: made a read-only token of the app's installation",
              binding.getMetadata().getNamespace(), binding.getMetadata().getName());
          return held;
        });
  }

  /** When to look after a token again, after it was provided. */
  public Instant nextLook(CodeSourceBinding binding, StoredInstallationToken held) {
    Instant now = clock.instant();
    return suspects.contains(uid(binding), held)
        ? tooSoonUntil(binding, Optional.of(held), now).orElseGet(() -> now.plus(RETRY_AFTER))
        : held.nextLook(now, pauses.length());
  }

  /** Deletes the Secret of a token that is no longer published. */
  public void forget(CodeSourceBinding binding, Secret seen) {
    if (Ownership.isOwner(binding, seen.getMetadata())) {
      store.delete(seen);
    }
  }
}
