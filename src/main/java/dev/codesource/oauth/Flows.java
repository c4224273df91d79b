package dev.codesource.oauth;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/**
 * Keeps the flow of each binding, one at a time, in a Secret beside it: any replica can finish it,
 * and however many are begun, nothing grows.
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

  /** Stores a flow in place of the one before; or {@code TokenSecretNotOwned}, {@code Conflict}. */
  Outcome<Secret> put(CodeSourceBinding binding, Flow flow) {
    return store.put(binding, secretName(binding), Flow.TYPE, "authorization", flow.values());
  }

  /** Uses a flow up; false: somebody else did, or began another. Only one ever gets true. */
  boolean consume(Stored stored) {
    return store.delete(stored.secret());
  }
}
