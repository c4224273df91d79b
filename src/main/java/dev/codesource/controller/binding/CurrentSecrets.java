package dev.codesource.controller.binding;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiReads;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/**
 * The Secrets of one type that bindings name, as an informer has them. Before a Secret is said to
 * be missing, the API server is asked for that very Secret: an informer is late, its list may have
 * been incomplete, and on "missing" published Secrets may be deleted.
 *
 * @param type of the Secrets
 * @param store reads a Secret from the API server
 * @param reads limits how many are read at once
 */
record CurrentSecrets(String type, Informer informer, OwnedSecretStore store, ApiReads reads) {

  /** What an informer has. */
  @FunctionalInterface
  interface Informer {
    Optional<Secret> find(String namespace, String name);
  }

  /**
   * The Secret; empty: there is none of this name and type. The API server is not asked again for
   * what it has answered before: as long as the status of this generation says that the Secret is
   * missing, the informer is believed, and its event starts the next reconciliation.
   */
  Optional<Secret> find(CodeSourceBinding binding, String name) {
    String namespace = binding.getMetadata().getNamespace();
    Optional<Secret> known = informer.find(namespace, name);
    return known.isPresent() || isToldMissing(binding)
        ? known
        : reads.read(namespace, () -> store.find(namespace, name, type));
  }

  private static boolean isToldMissing(CodeSourceBinding binding) {
    return !ReconcileRequest.of(binding).isOpen()
        && ObservedStatus.of(binding)
            .flatMap(status -> Conditions.of(status, ConditionType.Ready))
            .map(Condition::getReason)
            .filter(
                reason ->
                    Reason.SecretNotFound.name().equals(reason)
                        || Reason.SecretTypeNotAllowed.name().equals(reason))
            .isPresent();
  }
}
