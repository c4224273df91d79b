package dev.codesource.codehost;

import dev.codesource.reason.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Credentials of a code host that read code and nothing else, and belong to a project or a group,
 * not to an account. They are made with the bound credential.
 */
public interface DeployTokens {

  /** What a deploy token reads. */
  record Target(Kind kind, String path) {

    /** A project, or a group with all its projects. */
    public enum Kind {
      PROJECT("project"),
      GROUP("group");

      private final String word;

      Kind(String word) {
        this.word = word;
      }
    }

    /** Reads what {@link #toString} wrote. */
    public static Optional<Target> parse(String text) {
      for (Kind kind : Kind.values()) {
        if (text.startsWith(kind.word + " ")) {
          return Optional.of(new Target(kind, text.substring(kind.word.length() + 1)));
        }
      }
      return Optional.empty();
    }

    /** As a sentence names it, after "the". */
    @Override
    public String toString() {
      return kind.word + " " + path;
    }
  }

  /**
   * A deploy token that was made.
   *
   * @param id by which it is deleted
   * @param login what git sends
   */
  record Minted(String id, GitLogin login, Instant expiresAt) {}

  /** The identifiers of valid deploy tokens whose names have this prefix. */
  Outcome<List<String>> named(Target target, String prefix);

  /**
   * Makes a deploy token. The host tells the secret this once.
   *
   * @param name as people see it, at most 255 characters
   */
  Outcome<Minted> mint(Target target, String name, Instant expiresAt);

  /** Deletes a deploy token; one that is already gone counts as deleted. */
  Outcome<Boolean> delete(Target target, String id);
}
