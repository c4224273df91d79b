package dev.codesource.oauth;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps grants in Secrets of the same kind that users store tokens in.
 *
 * @param longestRequest the longest that a request to a code host takes
 */
public record Grants(OwnedSecretStore store, Duration longestRequest, Clock clock) {

  private static final int TRIES = 8;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  /** The name of the token Secret of a binding. */
  public static String secretName(CodeSourceBinding binding) {
    return OwnedSecretStore.nameFor(binding, "-oauth");
  }

  /** What is stored for a binding. */
  sealed interface Found {
    /** Nothing, or nothing that can be used: a person has to be asked. */
    record Nothing() implements Found {}

    /** Somebody else's Secret is in the place. */
    record NotOwned() implements Found {}

    /** A grant. */
    record Grant(StoredGrant grant) implements Found {}
  }

  static Found in(Optional<Secret> stored, CodeSourceBinding binding) {
    if (stored.isEmpty()) {
      return new Found.Nothing();
    }
    return Ownership.isOwner(binding, stored.get().getMetadata())
        ? StoredGrant.of(stored.get()).<Found>map(Found.Grant::new).orElseGet(Found.Nothing::new)
        : new Found.NotOwned();
  }

  /** What the API server has now. */
  Found of(CodeSourceBinding binding) {
    return in(
        store.find(
            binding.getMetadata().getNamespace(), secretName(binding), CredentialSecret.TYPE),
        binding);
  }

  static <T> Outcome<T> notOwned(CodeSourceBinding binding) {
    return OwnedSecretStore.notOwned("token", secretName(binding));
  }

  /** Stores what a person granted, in place of what was granted before. */
  Outcome<StoredGrant> store(
      CodeSourceBinding binding,
      SiteUrl site,
      TokenGrant tokens,
      String account,
      Optional<String> redirectUri) {
    var values =
        StoredGrant.values(
            site, tokens, SecureTokens.next(), account, clock.instant(), redirectUri);
    return store
        .put(binding, secretName(binding), CredentialSecret.TYPE, "token", values)
        .map(
            written ->
                StoredGrant.of(written)
                    .orElseThrow(
                        () -> new IllegalStateException("what was written cannot be read")));
  }

  /** Notes that a refresh begins; or {@code Conflict}, and then it must not. */
  Outcome<StoredGrant> begin(StoredGrant grant, SiteUrl site) {
    return write(grant.withRefreshingSince(Optional.of(clock.instant())), site);
  }

  /** Notes that no refresh is under way. */
  Outcome<StoredGrant> abandon(StoredGrant grant, SiteUrl site) {
    return write(grant.withRefreshingSince(Optional.empty()), site);
  }

  /** Notes that the grant is not to be used any more; consumers keep the token that they have. */
  Outcome<StoredGrant> end(StoredGrant grant, SiteUrl site, Reason reason) {
    return write(grant.withEnded(reason), site);
  }

  /**
   * Stores new tokens in place of those that were exchanged for them. Tries for a while when the
   * API server does not answer: these tokens are nowhere else.
   *
   * @return empty: the Secret was deleted, or holds a later authorization
   */
  Optional<StoredGrant> renew(StoredGrant begun, SiteUrl site, TokenGrant answer) {
    StoredGrant next = begun.withTokens(answer.replacing(begun.tokens()), clock.instant());
    Duration pause = FIRST_PAUSE;
    for (int tries = 1; ; tries++) {
      try {
        return write(next, site) instanceof Outcome.Done<StoredGrant>(var written)
            ? Optional.of(written)
            : renewChanged(next, site);
      } catch (KubernetesClientException e) {
        if (tries == TRIES) {
          throw e;
        }
        pause(pause);
        pause = pause.multipliedBy(2);
      }
    }
  }

  /** Somebody, such as a tool that labels, changed the Secret while the host was asked. */
  private Optional<StoredGrant> renewChanged(StoredGrant next, SiteUrl site) {
    return store
        .find(
            next.secret().getMetadata().getNamespace(),
            next.secret().getMetadata().getName(),
            CredentialSecret.TYPE)
        .filter(
            present ->
                StoredGrant.of(present)
                    .filter(found -> found.authorization().equals(next.authorization()))
                    .isPresent())
        .flatMap(
            present ->
                store.replace(present, next.values(site)) instanceof Outcome.Done<Secret>(var now)
                    ? StoredGrant.of(now)
                    : Optional.empty());
  }

  private Outcome<StoredGrant> write(StoredGrant grant, SiteUrl site) {
    return store
        .replace(grant.secret(), grant.values(site))
        .map(
            written ->
                StoredGrant.of(written)
                    .orElseThrow(
                        () -> new IllegalStateException("what was written cannot be read")));
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a renewed token was stored", e);
    }
  }

  /** Whether a refresh that was begun may still be under way, here or in another replica. */
  boolean mayBeUnderWay(Instant since) {
    return clock.instant().isBefore(resolvable(since));
  }

  /**
   * From when on a refresh that was begun is no longer under way: it was sent at once, and as long
   * again is for storing the answer, and for clocks that differ.
   */
  Instant resolvable(Instant since) {
    return since.plus(longestRequest.multipliedBy(2));
  }
}
