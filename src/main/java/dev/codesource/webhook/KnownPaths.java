package dev.codesource.webhook;

import java.util.Optional;

/** The paths of the webhooks that are kept in this cluster, for whichever binding. */
public interface KnownPaths {

  /** A Secret of a webhook. */
  record Holder(String namespace, String name) {}

  /** Whether all are known; until then nobody can say that a path is nobody's. */
  boolean isComplete();

  /**
   * Whose webhook has a path: of several Secrets with it, the oldest.
   *
   * @param path the last part of an address
   * @return empty: none is known
   */
  Optional<Holder> holder(String path);
}
