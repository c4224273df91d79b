package dev.codesource.builder;

import dev.codesource.build.Builder;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Map;
import java.util.Optional;

/**
 * The objects of one builder. Pure functions: nothing of a user's text becomes the text of a shell,
 * of a template or of YAML; it stands in fields of its own.
 *
 * @param <B> the builder
 */
interface RunObjects<B extends Builder.InCluster> {

  /**
   * The object that builds, but for what all have: see {@link BuilderRuns}.
   *
   * @return its spec; or {@code BuildParameterInvalid}
   */
  Outcome<Map<String, Object>> spec(B builder, BuildOrder order);

  /** What became of an object. It may hold anything: others write its status, too. */
  Progress progress(GenericKubernetesResource run);

  /**
   * A JSON merge patch that cancels a run of this kind; empty: the builder cancels none, so it is
   * deleted.
   */
  Optional<Map<String, Object>> cancellation(RunKind kind);
}
