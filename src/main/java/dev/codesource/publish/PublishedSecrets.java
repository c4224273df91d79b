package dev.codesource.publish;

import static dev.codesource.reason.Reason.SecretNotOwned;
import static dev.codesource.reason.Reason.SecretRefused;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ApiErrors;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The Secrets that bindings own: compared before they are written, and nobody else's ever touched.
 * A lost race for one is thrown as the API server's answer, so that the reconciliation is tried
 * again.
 */
@Singleton
final class PublishedSecrets {

  private static final Logger LOG = Logger.getLogger("dev.codesource.publish");

  private static final int UNPROCESSABLE = 422;

  private final PublishedSecretStore store;

  PublishedSecrets(PublishedSecretStore store) {
    this.store = store;
  }

  /** The Secrets of a binding, from the informer's index. */
  List<Secret> of(CodeSourceBinding binding) {
    return store.referringTo(binding).stream()
        .filter(secret -> Ownership.isOwner(binding, secret.getMetadata()))
        .toList();
  }

  /** The entry of {@code spec.publish} that a published Secret is for. */
  static String publication(Secret secret) {
    return secret.getMetadata().getLabels().getOrDefault(DesiredSecret.PUBLISHED_FOR, "");
  }

  /**
   * Makes a Secret what it should be; one that is so already is not written.
   *
   * @return its name; or {@code SecretNotOwned} or {@code SecretRefused}
   */
  Outcome<String> write(CodeSourceBinding binding, DesiredSecret desired) {
    Secret wanted = desired.secret(binding);
    Optional<Secret> actual =
        store.find(wanted.getMetadata().getNamespace(), wanted.getMetadata().getName());
    try {
      if (actual.isEmpty()) {
        return create(binding, desired, wanted);
      }
      if (!Ownership.isOwner(binding, actual.get().getMetadata())) {
        return notOwned(desired);
      }
      if (isFixed(actual.get(), wanted)) {
        delete(binding, actual.get());
        return create(binding, desired, wanted);
      }
      if (Drift.isBetween(desired, wanted, actual.get())) {
        apply(binding, wanted, actual.get().getMetadata().getUid());
      }
      return Outcome.done(desired.name());
    } catch (KubernetesClientException e) {
      return refused(binding, desired, wanted, e);
    }
  }

  /** Deletes a Secret in the very version that was seen: not one of the same name made since. */
  void delete(CodeSourceBinding binding, Secret secret) {
    store.delete(secret);
    log(binding, "deleted", secret);
  }

  /**
   * Asks for a new Secret, which the API server refuses where there is one of this name: nothing is
   * taken over between a look and a write.
   */
  private Outcome<String> create(CodeSourceBinding binding, DesiredSecret desired, Secret wanted) {
    try {
      store.create(wanted);
      log(binding, "created", wanted);
      return Outcome.done(desired.name());
    } catch (KubernetesClientException e) {
      if (!ApiErrors.isConflict(e)) {
        throw e;
      }
      return takenName(binding, desired, wanted, e);
    }
  }

  /** Ours all the same when somebody took the label off, by which the informer knows it. */
  private Outcome<String> takenName(
      CodeSourceBinding binding,
      DesiredSecret desired,
      Secret wanted,
      KubernetesClientException conflict) {
    // None: it went meanwhile, or the conflict was about something else, as about a quota.
    ObjectMeta existing =
        store
            .metadata(wanted.getMetadata().getNamespace(), desired.name())
            .orElseThrow(() -> conflict);
    if (!Ownership.isOwner(binding, existing)) {
      return notOwned(desired);
    }
    apply(binding, wanted, existing.getUid());
    return Outcome.done(desired.name());
  }

  /**
   * @param uid has the API server refuse the patch when the Secret was deleted and made anew
   */
  private void apply(CodeSourceBinding binding, Secret wanted, String uid) {
    store.apply(new SecretBuilder(wanted).editMetadata().withUid(uid).endMetadata().build());
    log(binding, "updated", wanted);
  }

  private static void log(CodeSourceBinding binding, String what, Secret secret) {
    LOG.infof(
        "%s/%s: %s the Secret %s",
        binding.getMetadata().getNamespace(),
        binding.getMetadata().getName(),
        what,
        secret.getMetadata().getName());
  }

  /** Whether what differs cannot be changed: a Secret's type, or all of an immutable one. */
  private static boolean isFixed(Secret actual, Secret wanted) {
    return Boolean.TRUE.equals(actual.getImmutable())
        || !Objects.equals(actual.getType(), wanted.getType());
  }

  private boolean isSomebodyElses(CodeSourceBinding binding, Secret wanted) {
    return store
        .metadata(wanted.getMetadata().getNamespace(), wanted.getMetadata().getName())
        .filter(existing -> !Ownership.isOwner(binding, existing))
        .isPresent();
  }

  private static Outcome<String> notOwned(DesiredSecret desired) {
    return Outcome.refused(
        SecretNotOwned,
        "The Secret %s, which %s is to have, exists and is not this binding's."
            .formatted(desired.name(), desired.publication()));
  }

  /**
   * What a person in this namespace can change is a finding; all else passes, and is tried again.
   */
  private Outcome<String> refused(
      CodeSourceBinding binding,
      DesiredSecret desired,
      Secret wanted,
      KubernetesClientException e) {
    boolean isFinding =
        e.getCode() == HttpURLConnection.HTTP_FORBIDDEN || e.getCode() == UNPROCESSABLE;
    if (!isFinding || ApiErrors.isGone(e) || ApiErrors.isConflict(e)) {
      throw e;
    }
    // Admission, which a quota is a part of, comes before the look for an object of this name.
    if (isSomebodyElses(binding, wanted)) {
      return notOwned(desired);
    }
    return Outcome.refused(
        SecretRefused,
        "The API server refused the Secret %s, which %s is to have%s."
            .formatted(
                desired.name(),
                desired.publication(),
                ApiErrors.message(e)
                    .filter(why -> !desired.isShownIn(why))
                    .map(why -> ": " + why)
                    .orElse("")));
  }
}
