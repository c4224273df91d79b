package dev.codesource.cli;

/** How the plug-in ends. The help of the plug-in lists these codes. */
enum Exit {
  DONE(0, "done"),
  FAILED(1, "failed, or something was found that is not as it should be"),
  USAGE(2, "the command line cannot be understood"),
  REFUSED(4, "the cluster refuses you"),
  TIMEOUT(124, "it took longer than you allow"),
  INTERRUPTED(130, "you interrupted it");

  private final int code;
  private final String meaning;

  Exit(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  int code() {
    return code;
  }

  /** Without a full stop. */
  String meaning() {
    return meaning;
  }
}
