package dev.codesource.build;

import com.google.re2j.Pattern;
import dev.codesource.api.TriggerSpec.Paths;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which changed files have a branch built. In a pattern {@code *} is any part of a name, {@code **}
 * any number of folders, {@code ?} one character of a name; everything else is itself.
 */
public final class PathFilter {

  /** Characters of files times characters of patterns: a second at most. */
  private static final long MOST_STEPS = 20_000_000;

  private final List<Pattern> include;
  private final List<Pattern> exclude;
  private final long length;

  private PathFilter(List<Pattern> include, List<Pattern> exclude) {
    this.include = include;
    this.exclude = exclude;
    this.length =
        Stream.concat(include.stream(), exclude.stream())
            .mapToLong(pattern -> pattern.pattern().length())
            .sum();
  }

  /** Empty: the rule has no filter. */
  static Optional<PathFilter> of(@Nullable Paths paths) {
    return Optional.ofNullable(paths)
        .map(some -> new PathFilter(patterns(some.include()), patterns(some.exclude())));
  }

  private static List<Pattern> patterns(@Nullable List<String> globs) {
    return globs == null
        ? List.of()
        : globs.stream().map(glob -> Pattern.compile(expression(glob), Pattern.DOTALL)).toList();
  }

  /**
   * Whether one of these files counts; also if there are so many files and patterns that it would
   * take long to know.
   *
   * @param files paths from the root of the repository, without a slash in front
   */
  public boolean matches(Collection<String> files) {
    long characters = files.stream().mapToLong(String::length).sum();
    return characters * length > MOST_STEPS || files.stream().anyMatch(this::counts);
  }

  private boolean counts(String file) {
    return (include.isEmpty() || isAny(include, file)) && !isAny(exclude, file);
  }

  private static boolean isAny(List<Pattern> patterns, String file) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(file));
  }

  private static String expression(String glob) {
    StringBuilder expression = new StringBuilder();
    int at = 0;
    while (at < glob.length()) {
      if (glob.startsWith("**/", at)) {
        expression.append("(?:.*/)?");
        at += 3;
      } else if (glob.startsWith("**", at)) {
        expression.append(".*");
        at += 2;
      } else if (glob.charAt(at) == '*') {
        expression.append("[^/]*");
        at++;
      } else if (glob.charAt(at) == '?') {
        expression.append("[^/]");
        at++;
      } else {
        int next = glob.offsetByCodePoints(at, 1);
        expression.append(Pattern.quote(glob.substring(at, next)));
        at = next;
      }
    }
    return expression.toString();
  }
}
