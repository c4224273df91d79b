package dev.codesource.codehost;

import dev.codesource.reason.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Credentials of a code host that can only read code, and belong to a project or a group, not to an
 * account. They are created with the bound credential.
 */
public interface DeployTokens {

  /** The project or group that a deploy token can read. */
  record Target(Kind kind, String path) {

    /** A project, or a group with all its projects. */
    public enum Kind {
      PROJECT("project"),
      GROUP("group");

      private final String title;

      Kind(String title) {
        this.title = title;
      }
    }

    /** Parses the result of {@link #toString}. */
    public static Optional<Target> parse(String text) {
      for (Kind kind : Kind.values()) {
        if (text.startsWith(kind.title + " ")) {
          return Optional.of(new Target(kind, text.substring(kind.title.length() + 1)));
        }
      }
      return Optional.empty();
    }

    /** As a sentence names it, after "the". */
    @Override
    public String toString() {
      return kind.title + " " + path;
    }
  }

  /**
   * A new deploy token.
   *
   * @param id with which it is deleted
   * @param login the user name and password for git
   */
  record Minted(String id, GitLogin login, Instant expiresAt) {}

  /** The identifiers of valid deploy tokens whose names have this prefix. */
  Outcome<List<String>> named(Target target, String prefix);

  /**
   * Creates a deploy token. The host returns the secret only in this answer.
   *
   * @param name for people, at most 255 characters
   */
  Outcome<Minted> mint(Target target, String name, Instant expiresAt);

  /** Deletes a deploy token; one that is already gone counts as deleted. */
  Outcome<Boolean> delete(Target target, String id);
}
