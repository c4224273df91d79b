package dev.codesource.cluster;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one {@link Cluster} of this JVM; the first that asks starts it. */
public final class ClusterExtension implements ParameterResolver, AfterAllCallback {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Cluster.class;
  }

  @Override
  public Cluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // The root store closes what it holds when the run ends.
    return store(context).computeIfAbsent(Cluster.class, key -> Cluster.start(), Cluster.class);
  }

  /** So that the operator of the next class is not given the resources of this one. */
  @Override
  public void afterAll(ExtensionContext context) {
    Cluster started = store(context).get(Cluster.class, Cluster.class);
    if (started != null && context.getRequiredTestClass().getEnclosingClass() == null) {
      started.deleteNamespaces();
    }
  }

  private static Store store(ExtensionContext context) {
    return context.getRoot().getStore(Namespace.create(ClusterExtension.class));
  }
}
