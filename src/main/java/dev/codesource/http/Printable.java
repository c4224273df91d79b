package dev.codesource.http;

/** Text from outside, made safe for a message. */
public final class Printable {
  private Printable() {}

  /**
   * At most {@code length} characters, in which controls, format characters (which can reverse the
   * direction of text) and other invisible characters are replaced.
   */
  public static String of(String text, int length) {
    StringBuilder printable = new StringBuilder(Math.min(text.length(), length));
    text.codePoints()
        .limit(length)
        .map(point -> isPrintable(point) ? point : '\uFFFD')
        .forEach(printable::appendCodePoint);
    return text.codePointCount(0, text.length()) > length
        ? printable.append('…').toString()
        : printable.toString();
  }

  /** The text with a full stop, unless it ends with one or was cut. */
  public static String sentence(String text) {
    return text.endsWith(".") || text.endsWith("…") ? text : text + ".";
  }

  private static boolean isPrintable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
