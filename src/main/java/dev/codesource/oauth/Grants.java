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
 * Stores grants in Secrets of the same type as the tokens of users.
 *
 * @param longestRequest the maximum duration of a request to a code host
 * @param minimumAge the age at which tokens are renewed at the earliest
 */
public record Grants(
    OwnedSecretStore store, Duration longestRequest, Duration minimumAge, Clock clock) {

  private static final int TRIES = 8;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  /** The name of the token Secret of a binding. */
  public static String secretName(CodeSourceBinding binding) {
    return OwnedSecretStore.nameFor(binding, "-oauth");
  }

  /** The name of the Secret of a binding's flow. */
  public static String flowSecretName(CodeSourceBinding binding) {
    return Flows.secretName(binding);
  }

  /** What is stored for a binding. */
  sealed interface Found {
    /** No usable grant: a person has to authorize. */
    record Nothing() implements Found {}

    /** The Secret of that name does not belong to the binding. */
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

  /** Reads the grant from the API server. */
  Found of(CodeSourceBinding binding) {
    return in(
        store.find(
            binding.getMetadata().getNamespace(), secretName(binding), CredentialSecret.TYPE),
        binding);
  }

  static <T> Outcome<T> notOwned(CodeSourceBinding binding) {
    return OwnedSecretStore.notOwned("token", secretName(binding));
  }

  /**
   * Stores a new grant and replaces an earlier one.
   *
   * @param client where the application is stored
   */
  Outcome<StoredGrant> store(
      CodeSourceBinding binding,
      SiteUrl site,
      TokenGrant tokens,
      String client,
      String account,
      Optional<String> redirectUri) {
    var values =
        StoredGrant.values(
            site, tokens, client, SecureTokens.next(), account, clock.instant(), redirectUri);
    return store
        .put(binding, secretName(binding), CredentialSecret.TYPE, "token", values)
        .map(
            written ->
                StoredGrant.of(written)
                    .orElseThrow(
                        () -> new IllegalStateException("what was written cannot be read")));
  }

  /** Records that a refresh begins; or {@code Conflict}, and then it must not begin. */
  Outcome<StoredGrant> begin(StoredGrant grant, SiteUrl site) {
    return write(grant.withRefreshingSince(clock.instant()), site);
  }

  /**
   * Records that no refresh is under way; or {@code Conflict}. A tool that changed the Secret and
   * left the marker, such as one that adds labels, does not prevent this: with a marker that stays,
   * a person could be asked for nothing.
   *
   * @param lost whether the host may have processed it
   */
  Outcome<StoredGrant> abandon(StoredGrant grant, SiteUrl site, boolean lost) {
    Outcome<StoredGrant> written = write(grant.withoutRefresh(lost), site);
    return written instanceof Outcome.Waiting<StoredGrant>
        ? present(grant)
            .filter(found -> found.refreshingSince().equals(grant.refreshingSince()))
            .map(found -> write(found.withoutRefresh(lost), site))
            .orElse(written)
        : written;
  }

  /** Records that the grant must no longer be used; consumers keep their token. */
  Outcome<StoredGrant> end(StoredGrant grant, SiteUrl site, Reason reason) {
    return write(grant.withEnded(reason), site);
  }

  /**
   * Stores the new tokens of a refresh and replaces the old ones. Retries for a while when the API
   * server does not answer, because these tokens are stored nowhere else.
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

  /** The Secret was changed during the request, such as by a tool that adds labels. */
  private Optional<StoredGrant> renewChanged(StoredGrant next, SiteUrl site) {
    for (int tries = 1; tries <= TRIES; tries++) {
      Optional<StoredGrant> present = present(next);
      if (present.isEmpty()) {
        return Optional.empty();
      }
      // Whoever changed it once may do so again before this write.
      if (store.replace(present.get().secret(), next.values(site))
          instanceof Outcome.Done<Secret>(var written)) {
        return StoredGrant.of(written);
      }
    }
    return Optional.empty();
  }

  /** What the Secret holds now, if it is still that authorization. */
  private Optional<StoredGrant> present(StoredGrant grant) {
    return store
        .find(
            grant.secret().getMetadata().getNamespace(),
            grant.secret().getMetadata().getName(),
            CredentialSecret.TYPE)
        .flatMap(StoredGrant::of)
        .filter(found -> found.authorization().equals(grant.authorization()));
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

  /** When to renew the tokens of a grant; empty: never. */
  Optional<Instant> refreshAt(StoredGrant grant) {
    return grant.refreshAt(minimumAge);
  }

  /**
   * Until when the tokens of a grant are too young to be renewed, whatever the host answers; empty:
   * they may be renewed.
   */
  Optional<Instant> tooYoungUntil(StoredGrant grant) {
    return Optional.of(grant.obtainedAt().plus(minimumAge))
        .filter(end -> clock.instant().isBefore(end));
  }

  /** Whether a refresh that was begun may still be under way, here or in another replica. */
  boolean mayBeUnderWay(Instant since) {
    return clock.instant().isBefore(resolvable(since));
  }

  /**
   * When a refresh that was begun is no longer under way: after twice the maximum duration of a
   * request. The second half is for storing the answer and for clock differences.
   */
  Instant resolvable(Instant since) {
    return since.plus(longestRequest.multipliedBy(2));
  }
}
