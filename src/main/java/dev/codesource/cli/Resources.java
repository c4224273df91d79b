package dev.codesource.cli;

/** The resources of the operator, by their whole names, which no other product can have. */
final class Resources {

  static final String BINDINGS = "codesourcebindings.codesource.dev";
  static final String TRIGGERS = "codesourcetriggers.codesource.dev";

  private Resources() {}
}
