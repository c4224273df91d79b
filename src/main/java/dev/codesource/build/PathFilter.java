package dev.codesource.build;

import com.google.re2j.Pattern;
import dev.codesource.api.TriggerSpec.Paths;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which changed files have a branch built. In a pattern {@code *} is any part of a name, {@code **}
 * any number of folders, {@code ?} one character of a name; everything else is itself.
 *
 * <p>A pattern is compiled when it is used and not kept: a trigger may have 5 000 of them, which
 * take tens of MiB, and most reconciliations need none.
 */
public final class PathFilter {

  /** To compile a character of a pattern takes no longer than to match it with so many. */
  private static final int COMPILING = 100;

  private final List<String> include;
  private final List<String> exclude;
  private final long length;

  private PathFilter(List<String> include, List<String> exclude) {
    this.include = include;
    this.exclude = exclude;
    this.length = Stream.concat(include.stream(), exclude.stream()).mapToLong(String::length).sum();
  }

  /** Empty: the rule has no filter. */
  static Optional<PathFilter> of(@Nullable Paths paths) {
    return Optional.ofNullable(paths)
        .map(some -> new PathFilter(orNone(some.include()), orNone(some.exclude())));
  }

  private static List<String> orNone(@Nullable List<String> globs) {
    return globs == null ? List.of() : globs;
  }

  /**
   * What {@link #matches} costs at most: characters of patterns times characters of files.
   *
   * @param files as there
   */
  public long steps(Collection<String> files) {
    return length * (files.stream().mapToLong(String::length).sum() + COMPILING);
  }

  /**
   * Whether one of these files counts.
   *
   * @param files paths from the root of the repository, without a slash in front
   */
  public boolean matches(Collection<String> files) {
    Set<String> counting = new HashSet<>();
    if (include.isEmpty()) {
      counting.addAll(files);
    }
    for (String glob : include) {
      Pattern pattern = compiled(glob);
      files.stream()
          .filter(file -> !counting.contains(file) && pattern.matches(file))
          .forEach(counting::add);
    }
    for (String glob : exclude) {
      Pattern pattern = compiled(glob);
      counting.removeIf(pattern::matches);
    }
    return !counting.isEmpty();
  }

  private static Pattern compiled(String glob) {
    return Pattern.compile(expression(glob), Pattern.DOTALL);
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
