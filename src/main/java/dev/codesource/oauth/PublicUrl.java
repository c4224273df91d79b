package dev.codesource.oauth;

import dev.codesource.address.SiteUrl;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The URL of the operator's pages. It is a setting, because the sender of a request controls its
 * Host header.
 */
public record PublicUrl(URI uri) {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");

  /** The setting, which is optional. */
  public record Setting(Optional<PublicUrl> url) {}

  /**
   * Reads the setting.
   *
   * @throws IllegalArgumentException unless it consists of https (or http on loopback), a host and
   *     an optional port
   */
  public static PublicUrl of(URI uri) {
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
    return new PublicUrl(
        URI.create(scheme + "://" + host + (isDefaultPort ? "" : ":" + uri.getPort())));
  }

  /**
   * The redirect URI of a site, to which it redirects browsers. It must be registered there
   * character by character. Each site has its own, so that an answer of one is not taken for an
   * answer of another (RFC 9700 section 4.4.2): {@code /callback/https/git.example.com:8443/path}.
   */
  public URI callback(SiteUrl site) {
    // A path may not contain square brackets (RFC 3986 section 3.3).
    String host = site.origin().authority().replace("[", "%5B").replace("]", "%5D");
    return uri.resolve("/callback/" + site.origin().scheme() + "/" + host + site.path());
  }

  /** As an Origin header has it (RFC 6454 section 7). */
  public String origin() {
    return uri.toString();
  }
}
