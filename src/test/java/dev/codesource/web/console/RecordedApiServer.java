package dev.codesource.web.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * An API server that takes whatever it is sent, but for what it is told to refuse, and records it.
 * Every token is alice's.
 */
final class RecordedApiServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A request.
   *
   * @param path with its query
   * @param type of its content
   */
  record Sent(String method, String path, String type, JsonNode body) {

    String line() {
      return method + " " + path;
    }
  }

  private final HttpServer server;
  private final List<Sent> sent = new CopyOnWriteArrayList<>();
  private final Map<String, HasMetadata> objects = new ConcurrentHashMap<>();
  private final Map<String, Integer> refusals = new ConcurrentHashMap<>();

  RecordedApiServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  /** Has an object, which those who ask get. */
  RecordedApiServer having(HasMetadata object) {
    objects.put(
        "/apis/codesource.dev/v1alpha1/namespaces/%s/%s/%s"
            .formatted(
                object.getMetadata().getNamespace(),
                object.getPlural(),
                object.getMetadata().getName()),
        object);
    return this;
  }

  /** Refuses requests with this line, which is a method and a path with its query. */
  RecordedApiServer refusing(String line, int status) {
    refusals.put(line, status);
    return this;
  }

  /** What was sent to change something, but for questions about rights and names. */
  List<Sent> changes() {
    return sent.stream()
        .filter(each -> !each.method().equals("GET") && !each.path().contains("selfsubject"))
        .toList();
  }

  List<Sent> sent() {
    return sent;
  }

  VisitorClients clients() {
    return new VisitorClients(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
        Optional.empty(),
        Sample.SERIALIZATION,
        new VertxHttpClientFactory());
  }

  KubernetesClient client() {
    return clients().of(new BearerToken("of-alice"));
  }

  /** Visits of people whose token a proxy adds. */
  Visits visits() {
    return new Visits(
        List.of(new ProxyLogin(new Usernames(clients()), Clock.fixed(Sample.NOW, ZoneOffset.UTC))),
        clients());
  }

  /** A request of alice, from a page of the console. */
  static Call call(String name) {
    return new Call("team-a", name, headers("same-origin"), uri());
  }

  static HttpHeaders headers(String site) {
    return SentHeaders.of("Authorization", "Bearer of-alice", "Sec-Fetch-Site", site);
  }

  static UriInfo uri() {
    return uri("/ns/team-a?a=b");
  }

  /** Of a request to this path. */
  static UriInfo uri(String path) {
    return (UriInfo)
        Proxy.newProxyInstance(
            UriInfo.class.getClassLoader(),
            new Class<?>[] {UriInfo.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "getBaseUri" -> URI.create("http://console.example.com/");
                  case "getRequestUri" -> URI.create("http://console.example.com" + path);
                  default -> null;
                });
  }

  static MultivaluedMap<String, String> form(String... pairs) {
    return Sample.entries(pairs).all();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Sent each =
          new Sent(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type")).orElse(""),
              body.length == 0 ? JSON.nullNode() : JSON.readTree(body));
      sent.add(each);
      Integer refusal = refusals.get(each.line());
      byte[] answer =
          (refusal == null
                  ? accepted(each)
                  : "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":%d,\"message\":\"refused\"}"
                      .formatted(refusal))
              .getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(refusal == null ? 200 : refusal, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private String accepted(Sent each) {
    if (each.path().contains("selfsubjectreviews")) {
      return "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\",\"status\":{\"userInfo\":{\"username\":\"alice\"}}}";
    }
    if (each.path().contains("selfsubjectaccessreviews")) {
      return "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectAccessReview\",\"status\":{\"allowed\":true}}";
    }
    HasMetadata object = objects.get(each.path().split("\\?", 2)[0]);
    if (object != null) {
      return Sample.SERIALIZATION.asJson(object);
    }
    if (each.method().equals("POST")) {
      ObjectNode stored = each.body().deepCopy();
      ((ObjectNode) stored.get("metadata"))
          .put("uid", "uid-of-" + stored.at("/metadata/name").asText());
      return stored.toString();
    }
    return each.path().contains("/secrets/")
        ? "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"}}"
        : "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{},\"items\":[]}";
  }

  static Clock clock() {
    return Clock.fixed(Instant.parse("2026-11-30T12:00:00Z"), ZoneOffset.UTC);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
