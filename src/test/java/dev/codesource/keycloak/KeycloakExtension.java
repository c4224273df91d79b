package dev.codesource.keycloak;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one {@link KeycloakGitLab} of this JVM; the first that asks starts it. */
public final class KeycloakExtension implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == KeycloakGitLab.class;
  }

  @Override
  public KeycloakGitLab resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // The root store closes what it holds when the run ends.
    return context
        .getRoot()
        .getStore(Namespace.create(KeycloakExtension.class))
        .computeIfAbsent(KeycloakGitLab.class, key -> KeycloakGitLab.start(), KeycloakGitLab.class);
  }
}
