package dev.codesource.operator;

import dev.codesource.reason.Reason;

/**
 * A way to come to a reason that says that a binding is not bound.
 *
 * @param when what is wrong, to tell the scenarios of one reason apart
 */
record Scenario(Reason reason, String when, Setting setting) {

  /** Sets up what is around the binding. */
  @FunctionalInterface
  interface Setting {
    Scene in(Surroundings around);
  }

  /**
   * What is applied, and what is to be read.
   *
   * @param spec YAML in flow style
   * @param what was seen, in the message's first sentence; the remedy follows it
   */
  record Scene(String spec, String what) {

    String message(Reason reason) {
      return what + " " + reason.remedy();
    }
  }

  @Override
  public String toString() {
    return reason + ": " + when;
  }
}
