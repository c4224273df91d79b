package dev.codesource.publish;

import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;

/**
 * Where published Secrets are kept. What is read comes from an informer, which may be late, and is
 * never to be changed in place. What is refused or lost is thrown as {@link
 * KubernetesClientException}, in the words of the API server.
 */
interface PublishedSecretStore {

  /** The Secrets with the label of published ones that refer to a binding as an owner. */
  List<Secret> referringTo(CodeSourceBinding binding);

  /** A Secret with the label of published ones. */
  Optional<Secret> find(String namespace, String name);

  /** What the API server has now of a Secret besides its data, whether it has the label or not. */
  Optional<ObjectMeta> metadata(String namespace, String name);

  /**
   * Stores a new Secret, with its fields as if they had been applied; 409 where there is one of
   * this name.
   */
  void create(Secret wanted);

  /**
   * Applies the fields of a Secret by force. A UID in it has the API server refuse them when the
   * Secret was deleted, or deleted and made anew.
   */
  void apply(Secret wanted);

  /** Deletes a Secret in the version that was seen; 409 where it has another one now. */
  void delete(Secret seen);
}
