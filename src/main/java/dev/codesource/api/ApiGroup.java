package dev.codesource.api;

/** The API group of the custom resources. */
public final class ApiGroup {

  public static final String NAME = "codesource.dev";
  public static final String VERSION = "v1alpha1";

  private ApiGroup() {}
}
