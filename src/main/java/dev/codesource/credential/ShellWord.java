package dev.codesource.credential;

import java.util.regex.Pattern;

/** Text as one word of a POSIX shell, whatever is in it. */
final class ShellWord {

  /** Nothing of this means anything to a shell. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9@%+=:,./_-]+");

  private ShellWord() {}

  static String of(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
