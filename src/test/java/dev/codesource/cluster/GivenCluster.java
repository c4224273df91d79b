package dev.codesource.cluster;

import java.nio.file.Path;

/** A cluster that somebody offers for tests; it is left as it is. */
record GivenCluster(Path kubeconfig) implements ApiServer {
  @Override
  public void close() {}
}
