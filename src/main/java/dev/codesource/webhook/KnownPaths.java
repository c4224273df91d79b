package dev.codesource.webhook;

/** The paths of the webhooks that are kept in this cluster, for whichever binding. */
@FunctionalInterface
public interface KnownPaths {

  /**
   * Whether a webhook with this path is kept.
   *
   * @param path the last part of an address
   */
  boolean has(String path);
}
