package dev.codesource.api;

import java.util.Optional;
import java.util.stream.Stream;

/** The kinds of code host. The constant's name is what stands in {@code spec.platform}. */
public enum Platform {
  GitLab,
  GitHub,
  Gitee,
  Bitbucket,
  Gitea;

  /** The platform of a name; empty: there is none. */
  public static Optional<Platform> named(String name) {
    return Stream.of(values()).filter(platform -> platform.name().equals(name)).findFirst();
  }

  /** Whether there are tokens that need {@code spec.email}, the e-mail address of the account. */
  public boolean hasTokensWithEmail() {
    return this == Bitbucket;
  }
}
