package dev.codesource.address;

import java.net.URI;

/**
 * The log-on URL of a code host: an origin and the path under which the site lies.
 *
 * @param path empty, or beginning with a slash and not ending in one: {@code /gitlab}
 */
public record SiteUrl(Origin origin, String path) {

  /**
   * The address of something on the site.
   *
   * @param pathAndQuery begins with a slash
   */
  public URI resolve(String pathAndQuery) {
    return URI.create(origin + path + pathAndQuery);
  }

  @Override
  public String toString() {
    return origin + path;
  }
}
