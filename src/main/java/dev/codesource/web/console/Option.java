package dev.codesource.web.console;

/** One of several values that a person can choose. */
record Option(String value, String label, boolean isChosen) {

  static Option of(String value, String chosen) {
    return new Option(value, value, value.equals(chosen));
  }
}
