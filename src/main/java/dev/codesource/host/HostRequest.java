package dev.codesource.host;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * A request to a code host.
 *
 * @param uri absolute, http or https
 * @param headers besides Host, User-Agent and Accept, which the client sets
 * @param form the body, application/x-www-form-urlencoded fields
 */
public record HostRequest(
    Method method, URI uri, Map<String, String> headers, Optional<Map<String, String>> form) {

  /** The methods in use. */
  public enum Method {
    GET,
    POST,
    DELETE
  }

  public static HostRequest get(URI uri, Map<String, String> headers) {
    return new HostRequest(Method.GET, uri, headers, Optional.empty());
  }

  /** Without headers and form: they carry credentials. */
  @Override
  public String toString() {
    return method + " " + uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
  }
}
