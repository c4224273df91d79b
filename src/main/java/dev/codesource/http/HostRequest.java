package dev.codesource.http;

import dev.codesource.address.Origin;
import dev.codesource.address.Origin.Scheme;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request to a code host.
 *
 * @param uri absolute, http or https
 * @param headers besides Host, User-Agent and Accept, which the client sets
 * @param form the body, application/x-www-form-urlencoded fields
 * @param json the body, where it is JSON; not both
 */
public record HostRequest(
    Method method,
    URI uri,
    Map<String, String> headers,
    Optional<Map<String, String>> form,
    Optional<String> json) {

  public HostRequest(
      Method method, URI uri, Map<String, String> headers, Optional<Map<String, String>> form) {
    this(method, uri, headers, form, Optional.empty());
  }

  /** The methods in use. */
  public enum Method {
    GET,
    POST,
    PUT,
    PATCH,
    DELETE
  }

  public static HostRequest get(URI uri, Map<String, String> headers) {
    return new HostRequest(Method.GET, uri, headers, Optional.empty());
  }

  public static HostRequest post(URI uri, Map<String, String> headers, Map<String, String> form) {
    return new HostRequest(Method.POST, uri, headers, Optional.of(form));
  }

  /** Where the request goes. */
  public Origin origin() {
    Scheme scheme = Scheme.valueOf(uri.getScheme().toUpperCase(Locale.ROOT));
    @Nullable String named = uri.getHost();
    if (named == null) {
      throw new IllegalArgumentException("The address of a request names no host.");
    }
    String host = named.toLowerCase(Locale.ROOT);
    boolean isIPv6 = host.startsWith("[");
    return new Origin(
        scheme,
        isIPv6 ? host.substring(1, host.length() - 1) : host,
        uri.getPort() < 0 ? scheme.defaultPort() : uri.getPort());
  }

  /** Without headers and form: they carry credentials. */
  @Override
  public String toString() {
    return method + " " + uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
  }
}
