package dev.codesource.build;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A regular expression for the names of branches or tags. RE2 matches in time that is linear in the
 * name (https://github.com/google/re2j); what the pattern itself costs is limited here.
 */
final class RefPattern {

  /**
   * The maximum of the product of a pattern's length and of its counted repetitions: {@code
   * ((a{99}){99}){99}} is short, and has a million states.
   */
  static final int MAX_COST = 2_000;

  private static final java.util.regex.Pattern REPETITION =
      java.util.regex.Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?\\}");

  private static final String SPECIAL = "\\.[]{}()*+?^$|";

  private final Pattern pattern;
  private final String text;
  private final long cost;

  private RefPattern(String text, long cost, Pattern pattern) {
    this.text = text;
    this.cost = cost;
    this.pattern = pattern;
  }

  /**
   * Reads a pattern.
   *
   * @return the pattern; or {@code PatternInvalid}
   */
  static Outcome<RefPattern> of(String rule, String text) {
    long cost = cost(text);
    if (cost > MAX_COST) {
      return invalid(rule, "its repetitions {n} are too many");
    }
    try {
      return Outcome.done(new RefPattern(text, cost, Pattern.compile(text)));
    } catch (PatternSyntaxException e) {
      return invalid(rule, e.getDescription());
    }
  }

  private static <T> Outcome<T> invalid(String rule, String why) {
    return Outcome.refused(
        Reason.PatternInvalid,
        "The pattern of the rule %s cannot be read: %s.".formatted(rule, why));
  }

  private static long cost(String text) {
    long cost = text.length();
    java.util.regex.Matcher repetitions = REPETITION.matcher(text);
    while (repetitions.find() && cost <= MAX_COST) {
      String most = repetitions.group(2);
      String count = most == null || most.isEmpty() ? repetitions.group(1) : most;
      cost *= Math.max(1, Long.parseLong(count));
    }
    return cost;
  }

  /**
   * The named groups, if the whole name matches.
   *
   * @return empty: it does not
   */
  Optional<Map<String, String>> match(String name) {
    Matcher matcher = pattern.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Map<String, String> groups = new LinkedHashMap<>();
    pattern
        .namedGroups()
        .keySet()
        .forEach(group -> groups.put(group, Optional.ofNullable(matcher.group(group)).orElse("")));
    return Optional.of(groups);
  }

  /** What {@link #match} costs at most: states of the pattern times characters of the name. */
  long steps(String name) {
    return cost * (name.length() + 1L);
  }

  /** The names of the groups. */
  Set<String> groups() {
    return pattern.namedGroups().keySet();
  }

  /** With what every name begins that can match, so that a server need send no others. */
  String prefix() {
    if (text.contains("|") || text.startsWith("(?")) {
      return ""; // another alternative, or a flag such as (?i)
    }
    int end = 0;
    while (end < text.length() && SPECIAL.indexOf(text.charAt(end)) < 0) {
      end++;
    }
    // A quantifier is of the character before it.
    boolean isQuantified = end < text.length() && "*?{".indexOf(text.charAt(end)) >= 0;
    return text.substring(0, isQuantified && end > 0 ? text.offsetByCodePoints(end, -1) : end);
  }

  @Override
  public String toString() {
    return text;
  }
}
