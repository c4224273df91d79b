package dev.codesource.web.console;

import java.util.List;

/** The first question of a person who binds an account. */
record PlatformsPage(String namespace, List<String> platforms) {

  /** Where the account is bound. */
  public String bind() {
    return Paths.bind(namespace);
  }
}
