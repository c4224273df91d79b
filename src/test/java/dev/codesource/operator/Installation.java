package dev.codesource.operator;

import dev.codesource.cluster.Cluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The chart, installed into the test's cluster: the CRD, the ServiceAccount and its permissions. No
 * pod runs there; the operator runs beside, as that ServiceAccount.
 */
public final class Installation {

  public static final String NAMESPACE = "codesource-system";
  private static final String RELEASE = "codesource-operator";

  private final Cluster cluster;

  private Installation(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Installs the chart, or brings it up to date; other values than the defaults may follow. */
  public static Installation of(Cluster cluster, String... values) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "upgrade",
                "--install",
                RELEASE,
                "helm/codesource-operator",
                "--namespace",
                NAMESPACE,
                "--create-namespace",
                // The cluster has the CRD from crds/ already, so that its controllers know it
                // early.
                "--set",
                "crds.install=false"));
    command.addAll(List.of(values));
    cluster.helm(command.toArray(String[]::new)).orFail();
    return new Installation(cluster);
  }

  /** A kubeconfig with the operator's own permissions. */
  public Path kubeconfig() {
    return cluster.kubeconfigFor(NAMESPACE, RELEASE);
  }
}
