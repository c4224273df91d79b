package dev.codesource.cli;

import dev.codesource.api.FieldRules;
import java.util.regex.Pattern;

/** Names of objects, which become arguments of kubectl. */
final class Names {

  private static final Pattern NAME = Pattern.compile(FieldRules.NAME);

  private Names() {}

  /**
   * Refuses what is no name of an object, such as {@code --all} or {@code kind/name}; kubectl would
   * understand it as something else.
   */
  static void check(String name) {
    if (name.length() > FieldRules.NAME_LENGTH || !NAME.matcher(name).matches()) {
      throw Failure.usage("\"%s\" is not a name: %s.".formatted(name, FieldRules.NAME_WORDS));
    }
  }
}
