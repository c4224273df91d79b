package dev.codesource.testhost;

import java.util.List;
import java.util.Optional;

/**
 * What a token stands for on a loopback code host.
 *
 * @param expiresAt a date, as GitLab has it
 * @param state GitLab's word for the account: active, blocked
 */
public record Grant(
    String username, String id, List<String> scopes, Optional<String> expiresAt, String state) {

  public static Grant of(String username, String... scopes) {
    return new Grant(
        username,
        Integer.toString(1000 + Math.floorMod(username.hashCode(), 9000)),
        List.of(scopes),
        Optional.empty(),
        "active");
  }

  public Grant expiring(String date) {
    return new Grant(username, id, scopes, Optional.of(date), state);
  }

  public Grant inState(String other) {
    return new Grant(username, id, scopes, expiresAt, other);
  }

  boolean may(String... oneOf) {
    return List.of(oneOf).stream().anyMatch(scopes::contains);
  }
}
