package dev.codesource.build;

import dev.codesource.git.RefFilter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.Locale;

/**
 * A branch or a tag.
 *
 * @param shortName without {@code refs/heads/} or {@code refs/tags/}
 */
public record GitRef(Kind kind, String shortName) {

  /** Branches move, tags do not. */
  public enum Kind {
    BRANCH("refs/heads/"),
    TAG("refs/tags/");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }

    /** With what the full names begin. */
    public String prefix() {
      return prefix;
    }
  }

  /** In characters: a name that is too long has more. */
  private static final int SHOWN = 60;

  /**
   * Reads a full name, such as {@code refs/heads/main}, of at most {@value RefFilter#MAX_NAME}
   * bytes without {@code refs/heads/}.
   *
   * @return the ref; or {@code RefInvalid}
   */
  public static Outcome<GitRef> of(String fullName) {
    if (RefFilter.isTooLong(fullName)) {
      return Outcome.refused(
          Reason.RefInvalid,
          "\"%s…\" is longer than %d bytes."
              .formatted(
                  fullName.substring(0, fullName.offsetByCodePoints(0, SHOWN)),
                  RefFilter.MAX_NAME));
    }
    for (Kind kind : Kind.values()) {
      if (fullName.startsWith(kind.prefix()) && fullName.length() > kind.prefix().length()) {
        return Outcome.done(new GitRef(kind, fullName.substring(kind.prefix().length())));
      }
    }
    return Outcome.refused(
        Reason.RefInvalid, "\"%s\" is not the full name of a branch or tag.".formatted(fullName));
  }

  /** Such as {@code refs/heads/main}. */
  public String fullName() {
    return kind.prefix() + shortName;
  }

  /**
   * The name in lower case, in which a hyphen stands for everything but letters, digits and dots:
   * {@code feature/Ünder_score} gives {@code feature-nder-score}. It may be part of the tag of an
   * image. Two names can have the same.
   */
  public String slug() {
    return shortName
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9.]+", "-")
        .replaceAll("^[-.]+|[-.]+$", "");
  }

  @Override
  public String toString() {
    return fullName();
  }
}
