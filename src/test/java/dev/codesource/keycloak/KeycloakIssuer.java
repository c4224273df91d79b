package dev.codesource.keycloak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.codesource.testhost.CertificateAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Executors;

/**
 * Keycloak as a provider of OpenID Connect over TLS, which an API server wants, with an authority
 * of its own.
 */
public final class KeycloakIssuer implements AutoCloseable {

  private static final String OPENID = "/protocol/openid-connect";

  private final CertificateAuthority authority;
  private final HttpsServer server;
  private final Keycloak keycloak;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private KeycloakIssuer(CertificateAuthority authority, HttpsServer server, Keycloak keycloak) {
    this.authority = authority;
    this.server = server;
    this.keycloak = keycloak;
  }

  public static KeycloakIssuer start() {
    CertificateAuthority authority = CertificateAuthority.root("Provider");
    try {
      HttpsServer server =
          HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 50);
      server.setHttpsConfigurator(new HttpsConfigurator(authority.issue("127.0.0.1").sslContext()));
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      URI url = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
      KeycloakIssuer issuer = new KeycloakIssuer(authority, server, Keycloak.start(url));
      server.createContext("/", issuer::passOn);
      server.start();
      return issuer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As its tokens say. */
  public String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort() + "/realms/codehost";
  }

  /** The certificate of the authority that signed its own, in PEM. */
  public String authority() {
    return authority.pem();
  }

  /** An ID token of a person, without a browser. */
  public String idToken(String client, String person) {
    String form =
        "grant_type=password&scope=openid%%20profile&client_id=%s&client_secret=the-secret-of-the-console&username=%s&password=%s-logs-on"
            .formatted(client, person, person);
    JsonNode answer =
        post(keycloak.realm() + OPENID + "/token", form, "application/x-www-form-urlencoded");
    if (!answer.has("id_token")) {
      throw new IllegalStateException(answer.toString());
    }
    return answer.path("id_token").asText();
  }

  /** Ends all sessions of a person, as an administrator of Keycloak does. */
  public void endSessionsOf(String person) {
    URI server = keycloak.realm().resolve("/");
    String token =
        post(
                server.resolve("realms/master" + OPENID + "/token").toString(),
                "grant_type=password&client_id=admin-cli&username=%1$s&password=%1$s"
                    .formatted(Keycloak.ADMINISTRATOR),
                "application/x-www-form-urlencoded")
            .path("access_token")
            .asText();
    String users = server.resolve("admin/realms/codehost/users").toString();
    JsonNode found =
        send(
            HttpRequest.newBuilder(URI.create(users + "?exact=true&username=" + person))
                .header("Authorization", "Bearer " + token)
                .build());
    send(
        HttpRequest.newBuilder(
                URI.create(users + "/" + found.path(0).path("id").asText() + "/logout"))
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build());
  }

  private JsonNode post(String to, String body, String type) {
    return send(
        HttpRequest.newBuilder(URI.create(to))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private JsonNode send(HttpRequest request) {
    try {
      return new ObjectMapper()
          .readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void passOn(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body;
      try (InputStream in = exchange.getRequestBody()) {
        body = in.readAllBytes();
      }
      String query = exchange.getRequestURI().getRawQuery();
      URI target =
          keycloak
              .realm()
              .resolve(exchange.getRequestURI().getRawPath() + (query == null ? "" : "?" + query));
      HttpResponse<byte[]> answer =
          http.send(
              Forwarding.request(exchange, target, body), HttpResponse.BodyHandlers.ofByteArray());
      Forwarding.answer(exchange, answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    keycloak.close();
    http.shutdownNow();
  }
}
