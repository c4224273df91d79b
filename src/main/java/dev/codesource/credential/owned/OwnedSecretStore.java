package dev.codesource.credential.owned;

import dev.codesource.api.OwnedName;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The Secrets that the operator keeps for a resource. Each write names the version that was read
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#updates-to-existing-resources): of
 * two writers one succeeds, and the other gets {@link Reason#Conflict}.
 */
public interface OwnedSecretStore {

  /** After a conflict. */
  Duration RETRY_AFTER = Duration.ofSeconds(5);

  /** How often {@link #put} reads and writes before it gives up. */
  int MAX_TRIES = 8;

  /** Reads a Secret if it has that type: the data of other Secrets never reaches the operator. */
  Optional<Secret> find(String namespace, String name, String type);

  /**
   * Stores a new Secret, with the owner as its controller.
   *
   * @return the Secret as it is stored; or {@code Conflict}: the name is taken
   */
  Outcome<Secret> create(HasMetadata owner, String name, String type, Map<String, String> values);

  /**
   * Replaces the values of a Secret.
   *
   * @param read in the version that was read
   * @return the Secret as it is stored; or {@code Conflict}: it was changed or deleted since
   */
  Outcome<Secret> replace(Secret read, Map<String, String> values);

  /**
   * Makes another resource the controller of a Secret. Other owners stay.
   *
   * @param read in the version that was read
   * @param successor in the same namespace
   * @return the Secret as it is stored; or {@code Conflict}: it was changed or deleted since
   */
  Outcome<Secret> handOver(Secret read, HasMetadata successor);

  /**
   * Deletes a Secret.
   *
   * @param read in the version that was read
   * @return whether this call deleted it; false: it was changed or deleted since
   */
  boolean delete(Secret read);

  /**
   * Stores values whatever was stored before.
   *
   * @param what as a sentence names it: "token"
   * @return the Secret as it is stored; or {@code TokenSecretNotOwned}; or {@code Conflict}, after
   *     {@value #MAX_TRIES} tries
   */
  default Outcome<Secret> put(
      HasMetadata owner, String name, String type, String what, Map<String, String> values) {
    for (int tries = 1; ; tries++) {
      Optional<Secret> present = find(owner.getMetadata().getNamespace(), name, type);
      if (present.isPresent() && !Ownership.isOwner(owner, present.get().getMetadata())) {
        return notOwned(what, name);
      }
      Outcome<Secret> written =
          present.isPresent() ? replace(present.get(), values) : create(owner, name, type, values);
      if (!(written instanceof Outcome.Waiting) || tries == MAX_TRIES) {
        return written;
      }
    }
  }

  /** The name of a resource's own Secret. */
  static String nameFor(HasMetadata owner, String suffix) {
    return OwnedName.of(owner.getMetadata().getName(), suffix);
  }

  /**
   * The Secret of that name does not belong to the resource.
   *
   * @param what as a sentence names it: "token"
   */
  static <T> Outcome<T> notOwned(String what, String name) {
    return Outcome.refused(
        Reason.TokenSecretNotOwned,
        "The %s would be stored in the Secret %s, which exists and belongs to something else."
            .formatted(what, name));
  }

  /**
   * Another process wrote the Secret of that name first; the next try is after {@link
   * #RETRY_AFTER}.
   */
  static <T> Outcome<T> conflict(String name, Instant now) {
    return Outcome.waiting(
        Reason.Conflict,
        "The Secret %s was changed at the same time.".formatted(name),
        Optional.of(now.plus(RETRY_AFTER)),
        Outcome.Scope.CREDENTIAL);
  }
}
