package dev.codesource.cli;

/** Text of others, as it may be shown on a terminal. */
final class Visible {

  private Visible() {}

  /**
   * The text without what could change the terminal, hide text or change its direction: each such
   * character becomes a question mark. Line breaks and tabs stay.
   */
  static String of(String text) {
    if (text.codePoints().allMatch(Visible::isShown)) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().forEach(point -> shown.appendCodePoint(isShown(point) ? point : '?'));
    return shown.toString();
  }

  /** As {@link #of}, in one line. */
  static String line(String text) {
    return of(text.replaceAll("[\\r\\n\\t]+", " "));
  }

  private static boolean isShown(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL -> point == '\n' || point == '\t';
      case Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
