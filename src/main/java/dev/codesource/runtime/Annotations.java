package dev.codesource.runtime;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;

/** Annotations of resources, with which users ask for something. */
public final class Annotations {

  private Annotations() {}

  /** The value of an annotation; empty: the resource has none of this name. */
  public static Optional<String> of(HasMetadata resource, String name) {
    return Optional.ofNullable(resource.getMetadata().getAnnotations())
        .map((Map<String, String> annotations) -> annotations.get(name));
  }
}
