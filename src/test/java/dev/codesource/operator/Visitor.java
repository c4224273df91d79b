package dev.codesource.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Somebody with a browser that can be told to do what browsers do not. */
final class Visitor implements AutoCloseable {

  private final HttpClient http =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .build();

  /** By the authority of who set them: that is how browsers keep __Host- cookies apart. */
  private final Map<String, Map<String, String>> cookies = new HashMap<>();

  HttpResponse<String> get(URI uri, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpResponse<String> post(URI uri, Map<String, String> form, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    form.entrySet().stream()
                        .map(
                            field ->
                                field.getKey()
                                    + "="
                                    + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"))));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private HttpResponse<String> send(HttpRequest.Builder builder) {
    URI uri = builder.build().uri();
    Map<String, String> known = cookiesOf(uri);
    if (!known.isEmpty()) {
      builder.header(
          "Cookie",
          known.entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; ")));
    }
    try {
      HttpResponse<String> response =
          http.send(
              builder.timeout(Duration.ofSeconds(30)).build(),
              HttpResponse.BodyHandlers.ofString());
      for (String header : response.headers().allValues("Set-Cookie")) {
        String[] cookie = header.split(";", 2)[0].split("=", 2);
        if (header.contains("Max-Age=0")) {
          known.remove(cookie[0]);
        } else {
          known.put(cookie[0], cookie[1]);
        }
      }
      return response;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  Map<String, String> cookiesOf(URI uri) {
    return cookies.computeIfAbsent(uri.getAuthority(), authority -> new HashMap<>());
  }

  static URI location(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Location")
        .map(response.uri()::resolve)
        .orElseThrow(
            () ->
                new AssertionError(
                    "no redirect: " + response.statusCode() + " " + response.body()));
  }

  /** Opens the page and presses the button; where the browser is sent. */
  URI begin(URI page) {
    return location(press(page));
  }

  HttpResponse<String> press(URI page) {
    return press(page, Map.of());
  }

  /** Opens the page and sends a token for the cluster. */
  HttpResponse<String> prove(URI page, String token) {
    return press(page, Map.of("cluster_token", token));
  }

  private HttpResponse<String> press(URI page, Map<String, String> more) {
    Map<String, String> form = new HashMap<>(more);
    form.put("token", find(get(page).body(), "name=\"token\" value=\"([^\"]+)\"").orElseThrow());
    return post(page, form, "Sec-Fetch-Site", "same-origin");
  }

  /** Logs on and agrees; where the code host sends the browser back to, which is not followed. */
  URI logOn(URI authorize, String user) {
    return follow(authorize, user, true);
  }

  URI refuse(URI authorize, String user) {
    return follow(authorize, user, false);
  }

  private URI follow(URI start, String user, boolean agree) {
    URI next = start;
    HttpResponse<String> response = get(next);
    for (int step = 0; step < 12; step++) {
      if (response.statusCode() / 100 == 3) {
        next = location(response);
        if (next.getPath().startsWith("/callback/") || next.getPath().endsWith("/device/status")) {
          return next;
        }
        response = get(next);
        continue;
      }
      URI action =
          response
              .uri()
              .resolve(
                  find(response.body(), "<form[^>]+action=\"([^\"]+)\"")
                      .orElseThrow()
                      .replace("&amp;", "&"));
      boolean isLogOn = response.body().contains("id=\"kc-form-login\"");
      String code = find(response.body(), "name=\"code\" value=\"([^\"]*)\"").orElse("");
      response =
          post(
              action,
              isLogOn
                  ? Map.of("username", user, "password", user + "-logs-on")
                  : Map.of("code", code, agree ? "accept" : "cancel", "x"));
    }
    throw new AssertionError("lost at " + next + ": " + response.body());
  }

  private static Optional<String> find(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
