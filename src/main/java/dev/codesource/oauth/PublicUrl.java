package dev.codesource.oauth;

import dev.codesource.address.PublicOrigin;
import dev.codesource.address.SiteUrl;
import java.net.URI;
import java.util.Optional;

/** The URL of the operator's pages. */
public record PublicUrl(URI uri) {

  /** The setting, which is optional. */
  public record Setting(Optional<PublicUrl> url) {}

  /**
   * Reads the setting.
   *
   * @throws IllegalArgumentException as {@link PublicOrigin#of}
   */
  public static PublicUrl of(URI uri) {
    return new PublicUrl(PublicOrigin.of(uri));
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
