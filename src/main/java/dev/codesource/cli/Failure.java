package dev.codesource.cli;

/** What ends a command before it is done, with a sentence for the user. */
final class Failure extends RuntimeException {

  private final Exit exit;

  Failure(Exit exit, String message) {
    super(message, null, false, false);
    this.exit = exit;
  }

  static Failure failed(String message) {
    return new Failure(Exit.FAILED, message);
  }

  static Failure usage(String message) {
    return new Failure(Exit.USAGE, message);
  }

  static Failure timeout(String message) {
    return new Failure(Exit.TIMEOUT, message);
  }

  Exit exit() {
    return exit;
  }

  /** The sentence. */
  String sentence() {
    return String.valueOf(getMessage());
  }
}
