package dev.codesource.build;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text of a user in which {@code ${name}} stands for a value. Values are data: what looks like a
 * variable in one is not replaced.
 */
public record Template(String text) {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(?<name>[^{}]*)\\}");

  /** The first variable in the text that is not one of these; empty: there is none. */
  public Optional<String> unknown(Set<String> names) {
    return VARIABLE
        .matcher(text)
        .results()
        .map(Template::name)
        .filter(name -> !names.contains(name))
        .findFirst();
  }

  /**
   * The text with the values; a variable without a value leaves nothing.
   *
   * @param values by the names of the variables
   */
  public String fill(Map<String, String> values) {
    return VARIABLE
        .matcher(text)
        .replaceAll(use -> Matcher.quoteReplacement(values.getOrDefault(name(use), "")));
  }

  /** The text with the same value for each variable. */
  String fillAll(String value) {
    return VARIABLE.matcher(text).replaceAll(Matcher.quoteReplacement(value));
  }

  /** How many characters {@link #fill} gives. */
  public long length(Map<String, String> values) {
    return VARIABLE
        .matcher(text)
        .results()
        .mapToLong(use -> values.getOrDefault(name(use), "").length() - use.group().length())
        .reduce(text.length(), Long::sum);
  }

  private static String name(MatchResult use) {
    return use.group("name");
  }
}
