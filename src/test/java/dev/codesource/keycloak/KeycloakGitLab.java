package dev.codesource.keycloak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keycloak under the paths of a GitLab. Grants, codes, tokens, log-on and consent are Keycloak's;
 * the two questions about a token are answered from what Keycloak says of it (RFC 7662).
 */
public final class KeycloakGitLab implements AutoCloseable {

  private static final String OPENID = "/protocol/openid-connect";

  private static final Map<String, String> PATHS =
      Map.of(
          "/oauth/token", OPENID + "/token",
          "/oauth/revoke", OPENID + "/revoke",
          "/oauth/authorize_device", OPENID + "/auth/device");

  private final HttpServer server;
  private final Keycloak keycloak;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ObjectMapper mapper = new ObjectMapper();
  private final List<Map<String, String>> tokenRequests = new CopyOnWriteArrayList<>();
  private final AtomicReference<Trouble> trouble = new AtomicReference<>(Trouble.NONE);

  /** What goes wrong at the token endpoint. */
  public enum Trouble {
    NONE,
    /** 503, without Keycloak being asked. */
    UNAVAILABLE,
    /** Keycloak is asked, and its answer is not passed on. */
    ANSWER_LOST,
    /** Keycloak is asked, and its answer passed on two seconds later. */
    ANSWER_LATE,
    /** Nothing is answered for a long time, without Keycloak being asked. */
    SILENT
  }

  private KeycloakGitLab(HttpServer server, Keycloak keycloak) {
    this.server = server;
    this.keycloak = keycloak;
  }

  public static KeycloakGitLab start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 50);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
      KeycloakGitLab gitLab = new KeycloakGitLab(server, Keycloak.start(url));
      server.createContext("/", gitLab::serve);
      server.start();
      return gitLab;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The forms that the token endpoint was sent, secrets included. */
  public List<Map<String, String>> tokenRequests() {
    return List.copyOf(tokenRequests);
  }

  /** The forms of one grant type. */
  public List<Map<String, String>> tokenRequests(String grantType) {
    return tokenRequests.stream().filter(form -> grantType.equals(form.get("grant_type"))).toList();
  }

  public void trouble(Trouble what) {
    trouble.set(what);
  }

  /** What Keycloak says of a token (RFC 7662). */
  public JsonNode introspect(String token) {
    String form =
        "client_id=builds&client_secret=the-secret-of-builds&token="
            + URLEncoder.encode(token, StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(keycloak.realm() + OPENID + "/token/introspect"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    try {
      return mapper.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getRawPath();
      switch (path) {
        case "/oauth/authorize" -> {
          exchange
              .getResponseHeaders()
              .set(
                  "Location",
                  url()
                      + "/realms/codehost"
                      + OPENID
                      + "/auth?"
                      + exchange.getRequestURI().getRawQuery());
          exchange.sendResponseHeaders(302, -1);
        }
        case "/oauth/token/info" -> {
          JsonNode token = bearer(exchange);
          if (token.path("active").asBoolean()) {
            json(
                exchange,
                200,
                // No expires_in, as of tokens that do not expire: GitLab counts in hours, these
                // tests
                // in seconds.
                "{\"scope\":[\"%s\"],\"created_at\":%d}"
                    .formatted(
                        String.join("\",\"", token.path("scope").asText().split(" ")),
                        token.path("iat").asLong()));
          } else {
            refuse(exchange);
          }
        }
        case "/api/v4/user" -> {
          JsonNode token = bearer(exchange);
          if (token.path("active").asBoolean()) {
            json(
                exchange,
                200,
                "{\"id\":7,\"username\":\"%s\",\"state\":\"active\"}"
                    .formatted(token.path("username").asText()));
          } else {
            refuse(exchange);
          }
        }
        default -> passOn(exchange, path);
      }
    }
  }

  private JsonNode bearer(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    return introspect(header == null ? "" : header.replaceFirst("^Bearer ", ""));
  }

  /** As GitLab words it (lib/api/api_guard.rb). */
  private static void refuse(HttpExchange exchange) throws IOException {
    json(
        exchange,
        401,
        "{\"error\":\"invalid_token\",\"error_description\":\"Token was revoked. You have to re-authorize from the user.\"}");
  }

  private static void json(HttpExchange exchange, int status, String body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void passOn(HttpExchange exchange, String path) throws IOException {
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readAllBytes();
    }
    Trouble now = Trouble.NONE;
    if (path.equals("/oauth/token")) {
      tokenRequests.add(form(new String(body, StandardCharsets.UTF_8)));
      now = trouble.get();
    } else if (path.equals("/oauth/revoke")) {
      now = trouble.get();
    }
    if (now == Trouble.UNAVAILABLE) {
      json(exchange, 503, "{}");
      return;
    }
    if (now == Trouble.SILENT) {
      pause();
      return;
    }
    String query = exchange.getRequestURI().getRawQuery();
    String target =
        PATHS.containsKey(path)
            ? keycloak.realm() + PATHS.get(path)
            : keycloak.realm().resolve(path) + (query == null ? "" : "?" + query);
    HttpRequest request = Forwarding.request(exchange, URI.create(target), body);
    try {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (now == Trouble.ANSWER_LOST) {
        return;
      }
      if (now == Trouble.ANSWER_LATE) {
        Thread.sleep(2_000);
      }
      Forwarding.answer(exchange, answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, String> form(String body) {
    Map<String, String> fields = new HashMap<>();
    Arrays.stream(body.split("&"))
        .map(pair -> pair.split("=", 2))
        .filter(pair -> pair.length == 2)
        .forEach(pair -> fields.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    return fields;
  }

  @Override
  public void close() {
    server.stop(0);
    keycloak.close();
    http.shutdownNow();
  }
}
