package dev.codesource.cli;

/** The marks of checks. */
enum Mark {
  GOOD("✔", "ok"),
  BAD("✗", "x"),
  NOTE("!", "!"),
  NONE("–", "-");

  private final String symbol;
  private final String plain;

  Mark(String symbol, String plain) {
    this.symbol = symbol;
    this.plain = plain;
  }

  String symbol() {
    return symbol;
  }

  /** In ASCII. */
  String plain() {
    return plain;
  }
}
