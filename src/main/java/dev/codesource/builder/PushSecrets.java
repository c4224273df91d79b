package dev.codesource.builder;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.SecretMetadataClient;

/** Looks whether the Secrets with which images are pushed can be used. Does not read them. */
@FunctionalInterface
public interface PushSecrets {

  /** https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets. */
  String TYPE = "kubernetes.io/dockerconfigjson";

  /**
   * Looks for a Secret.
   *
   * @return its name; or {@code PushSecretUnusable}
   */
  Outcome<String> usable(String namespace, String name);

  /** Those of the cluster. */
  static PushSecrets of(SecretMetadataClient secrets) {
    return (namespace, name) -> {
      if (secrets.metadata(namespace, name).isEmpty()) {
        return Outcome.refused(
            Reason.PushSecretUnusable, "There is no Secret %s in this namespace.".formatted(name));
      }
      return secrets.hasOtherType(namespace, name, TYPE)
          ? Outcome.refused(
              Reason.PushSecretUnusable, "The Secret %s is not of type %s.".formatted(name, TYPE))
          : Outcome.done(name);
    };
  }
}
