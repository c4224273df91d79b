package dev.codesource.http;

import dev.codesource.reason.Outcome;

/**
 * Decides which hosts a proxy may be asked for. The proxy looks their addresses up, so nothing but
 * the name, or the literal address, can be checked.
 */
@FunctionalInterface
public interface NameGuard {

  /**
   * Called before each request through a proxy.
   *
   * @param host the name as it stands in the URL, or a literal address without brackets
   * @return the host; or why there must be no connection
   */
  Outcome<String> check(String host);
}
