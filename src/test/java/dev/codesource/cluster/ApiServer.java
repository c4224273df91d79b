package dev.codesource.cluster;

import java.nio.file.Path;

/** Where the API server comes from. */
sealed interface ApiServer extends AutoCloseable permits GivenCluster, ControlPlane, K3s, Node {
  /** Of a user who may do everything. */
  Path kubeconfig();

  @Override
  void close();
}
