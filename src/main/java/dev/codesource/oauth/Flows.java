package dev.codesource.oauth;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/**
 * Stores the flow of each binding in a Secret of its namespace, so that any replica can finish it.
 * A binding has one flow at a time, so that the number of Secrets does not grow.
 */
record Flows(OwnedSecretStore store) {

  /** A flow and the Secret, in its version, that it was read from. */
  record Stored(Secret secret, Flow flow) {}

  static String secretName(CodeSourceBinding binding) {
    return OwnedSecretStore.nameFor(binding, "-oauth-flow");
  }

  Optional<Stored> of(CodeSourceBinding binding) {
    return store
        .find(binding.getMetadata().getNamespace(), secretName(binding), Flow.TYPE)
        .filter(secret -> Ownership.isOwner(binding, secret.getMetadata()))
        .flatMap(secret -> Flow.of(secret).map(flow -> new Stored(secret, flow)));
  }

  /**
   * Stores a flow and replaces an earlier one; or {@code TokenSecretNotOwned}, {@code Conflict}.
   */
  Outcome<Secret> put(CodeSourceBinding binding, Flow flow) {
    return store.put(binding, secretName(binding), Flow.TYPE, "authorization", flow.values());
  }

  /**
   * Consumes a flow; false: another call consumed it, or began another flow. Only one call gets
   * true.
   */
  boolean consume(Stored stored) {
    return store.delete(stored.secret());
  }
}
