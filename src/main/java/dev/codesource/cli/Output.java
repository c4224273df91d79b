package dev.codesource.cli;

/** The forms in which a command prints what was asked for. */
enum Output {
  table,
  wide,
  json,
  yaml,
  name;

  /** Whether kubectl prints it itself. */
  boolean isOfKubectl() {
    return this == json || this == yaml || this == name;
  }
}
