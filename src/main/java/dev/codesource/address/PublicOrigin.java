package dev.codesource.address;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where the operator is reached from outside of the cluster: scheme, host and port. It is a
 * setting, because the sender of a request controls its Host header.
 */
public final class PublicOrigin {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");

  private PublicOrigin() {}

  /**
   * Reads a setting.
   *
   * @return in lower case, without the port if it is the scheme's own
   * @throws IllegalArgumentException unless it consists of https (or http on loopback), a host and
   *     an optional port
   */
  public static URI of(URI uri) {
    String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    String host = Optional.ofNullable(uri.getHost()).orElse("").toLowerCase(Locale.ROOT);
    String path = Optional.ofNullable(uri.getRawPath()).orElse("");
    boolean isSafe = scheme.equals("https") || (scheme.equals("http") && LOOPBACK.contains(host));
    if (!isSafe
        || host.isEmpty()
        || !(path.isEmpty() || path.equals("/"))
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "It must be like https://codesource.example.com, without a path.");
    }
    boolean isDefaultPort =
        uri.getPort() == (scheme.equals("https") ? 443 : 80) || uri.getPort() < 0;
    return URI.create(scheme + "://" + host + (isDefaultPort ? "" : ":" + uri.getPort()));
  }
}
