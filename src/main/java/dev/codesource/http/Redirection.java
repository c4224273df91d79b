package dev.codesource.http;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A redirect: it is reported, not followed. */
final class Redirection {
  private static final int TARGET_LENGTH = 200;
  private static final int NOT_MODIFIED = 304;

  private Redirection() {}

  static boolean is(int status) {
    return status >= 300 && status < 400 && status != NOT_MODIFIED;
  }

  /**
   * Reports the target of a redirect.
   *
   * @param location the header; the message has only its scheme, host and path, since user-info,
   *     query and fragment can carry secrets
   */
  static <T> Outcome<T> refused(URI from, Optional<String> location) {
    String target = location.flatMap(value -> target(from, value)).orElse("another address");
    return Outcome.refused(
        Reason.Redirected,
        "%s redirects to %s.".formatted(from.getScheme() + "://" + from.getRawAuthority(), target));
  }

  private static Optional<String> target(URI from, String location) {
    try {
      URI target = from.resolve(location.strip());
      @Nullable String host = target.getHost();
      if (host == null) {
        return Optional.empty();
      }
      String port = target.getPort() < 0 ? "" : ":" + target.getPort();
      @Nullable String path = target.getRawPath();
      String shown = target.getScheme() + "://" + host + port + (path == null ? "" : path);
      return Optional.of(Printable.of(shown, TARGET_LENGTH));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
