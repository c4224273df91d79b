package dev.codesource.sink;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.http.HostRequest;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An HTTP endpoint as the administrator has set it up.
 *
 * @param name by which triggers name it
 * @param url where events are posted to
 * @param secret the folder with its Secret, like a mounted one; empty: it has none
 * @param authorization how an access token for it is got; empty: it wants none
 */
public record Sink(
    String name, URI url, Optional<Path> secret, Optional<Authorization> authorization) {

  /** A label of a metric, and a part of messages. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /**
   * How an access token is got by client credentials (RFC 6749 section 4.4); the client is in the
   * Secret.
   *
   * @param server the issuer, whose token endpoint is discovered; or the token endpoint itself
   * @param isTokenEndpoint which of the two it is
   * @param parameters more fields of the request, such as {@code audience}
   */
  public record Authorization(
      URI server, boolean isTokenEndpoint, List<String> scopes, Map<String, String> parameters) {

    public Authorization {
      requireAddress(server, "the address of an authorization server");
      scopes = List.copyOf(scopes);
      parameters = Map.copyOf(parameters);
    }
  }

  /**
   * @throws IllegalArgumentException with a sentence for the administrator
   */
  public Sink {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "\"%s\" is not the name of a sink: lower-case letters, digits and hyphens, at most 63."
              .formatted(name));
    }
    requireAddress(url, "the address of a sink");
    if (authorization.isPresent() && secret.isEmpty()) {
      throw new IllegalArgumentException(
          "The sink %s needs a Secret with client_id and client_secret.".formatted(name));
    }
  }

  /** What an address has besides may be a secret, which belongs into the Secret. */
  private static void requireAddress(URI url, String what) {
    boolean isWeb = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
    if (!isWeb
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "This is not %s: http or https, a host and a path, without user, query and fragment."
              .formatted(what));
    }
  }

  /** Where its failures are counted. */
  SiteUrl site() {
    Origin origin =
        new HostRequest(HostRequest.Method.POST, url, Map.of(), Optional.empty()).origin();
    return new SiteUrl(origin, "");
  }
}
