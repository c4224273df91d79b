package dev.codesource.runtime;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Objects;
import java.util.Optional;

/** Takes finalizers off in the API server, which refuses what was changed since it was read. */
public record KubernetesFinalizerRemover<P extends HasMetadata>(KubernetesClient client)
    implements FinalizerRemover<P> {

  @Override
  public void remove(P seen, String finalizer) {
    Optional.ofNullable(client.resource(seen).get())
        .filter(present -> isSame(present, seen))
        .filter(present -> present.hasFinalizer(finalizer))
        .ifPresent(
            present ->
                client
                    .resource(present)
                    .edit(
                        next -> {
                          next.removeFinalizer(finalizer);
                          return next;
                        }));
  }

  private static boolean isSame(HasMetadata present, HasMetadata seen) {
    return Objects.equals(present.getMetadata().getUid(), seen.getMetadata().getUid());
  }
}
