package dev.codesource.http;

import dev.codesource.address.Origin;
import dev.codesource.address.Origin.Scheme;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request to a code host.
 *
 * @param uri absolute, http or https
 * @param headers besides Host and User-Agent, which the client sets; Accept is application/json
 *     unless it is among them
 * @param maxBody how many bytes the body of the answer may have
 */
public record HostRequest(
    Method method, URI uri, Map<String, String> headers, Optional<Body> body, int maxBody) {

  /** Enough for an account or a token. */
  public static final int SMALL_BODY = 64 << 10;

  /** Enough for a page of 100 objects. */
  public static final int LARGE_BODY = 256 << 10;

  /** A request with a small answer. */
  public HostRequest(Method method, URI uri, Map<String, String> headers, Optional<Body> body) {
    this(method, uri, headers, body, SMALL_BODY);
  }

  /** The body of a request. */
  public sealed interface Body {

    /** The media type. */
    String contentType();

    /** What is sent, in UTF-8. */
    String text();

    /** Fields of a form, {@code application/x-www-form-urlencoded}. */
    record Form(Map<String, String> fields) implements Body {
      @Override
      public String contentType() {
        return "application/x-www-form-urlencoded";
      }

      @Override
      public String text() {
        return fields.entrySet().stream()
            .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
      }

      private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
      }

      /** Without the fields: they carry credentials. */
      @Override
      public String toString() {
        return contentType();
      }
    }

    /** Any other text. */
    record Text(String contentType, String text) implements Body {

      /** Without the text: it may carry credentials. */
      @Override
      public String toString() {
        return contentType;
      }
    }

    /** JSON. */
    static Body json(String text) {
      return new Text("application/json", text);
    }
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
    return new HostRequest(Method.POST, uri, headers, Optional.of(new Body.Form(form)));
  }

  /** The same request, whose answer is a list. */
  public HostRequest forList() {
    return withMaxBody(LARGE_BODY);
  }

  /**
   * The same request, with another limit.
   *
   * @param bytes that the body of the answer may have
   */
  public HostRequest withMaxBody(int bytes) {
    return new HostRequest(method, uri, headers, body, bytes);
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

  /** Without headers and body: they carry credentials. */
  @Override
  public String toString() {
    return method + " " + uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
  }
}
