package dev.codesource.oauth;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.credential.owned.OwnedSecretStore;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/**
 * Keeps the flow of each binding, one at a time, in a Secret beside it: any replica can finish it,
 * and however many are begun, nothing grows.
 */
record Flows(OwnedSecretStore store) {

  private static final int TRIES = 8;

  /** A flow and the Secret, in its version, that it was read from. */
  record Stored(Secret secret, Flow flow) {}

  static String secretName(CodeSourceBinding binding) {
    return OwnedSecretStore.nameFor(binding, "-oauth-flow");
  }

  Optional<Stored> of(CodeSourceBinding binding) {
    return store
        .find(binding.getMetadata().getNamespace(), secretName(binding), Flow.TYPE)
        .filter(secret -> OwnedSecretStore.owns(binding, secret))
        .flatMap(secret -> Flow.of(secret).map(flow -> new Stored(secret, flow)));
  }

  /** Stores a flow in place of the one before; false: a Secret of somebody else is there. */
  boolean put(CodeSourceBinding binding, Flow flow) {
    String name = secretName(binding);
    for (int tries = 0; tries < TRIES; tries++) {
      Optional<Secret> present = store.find(binding.getMetadata().getNamespace(), name, Flow.TYPE);
      if (present.isPresent() && !OwnedSecretStore.owns(binding, present.get())) {
        return false;
      }
      Optional<Secret> written =
          present.isPresent()
              ? store.replace(present.get(), flow.values())
              : store.create(binding, name, Flow.TYPE, flow.values());
      if (written.isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** Uses a flow up; false: somebody else did, or began another. Only one ever gets true. */
  boolean consume(Stored stored) {
    return store.delete(stored.secret());
  }
}
