package dev.codesource.bench;

import dev.codesource.bench.ApiWriter.Write;
import dev.codesource.cluster.AuditTail;
import dev.codesource.cluster.Cluster;
import dev.codesource.operator.ConsoleProcess;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A namespace with many bindings, and people who look at it in the console. */
final class PageLoad implements AutoCloseable {

  private static final String NAMESPACE = "page";

  /** A session may have five open pages. */
  private static final int OPEN_EACH = 5;

  private static final int WARM_UP = 100;
  private static final int MEASURED = 50;

  private final Cluster cluster = Cluster.start();
  private final ConsoleProcess console;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * What a page took.
   *
   * @param millis for each request, from its start to the last byte of its answer, sorted
   * @param bytes of the answer, compressed
   */
  record Page(List<Double> millis, int bytes) {}

  /**
   * What open pages cost.
   *
   * @param pages that were opened
   * @param watches of the API server while they were open
   * @param requests to the API server while nothing happened
   */
  record Open(int pages, long watches, long requests, Duration idle, Usage usage) {}

  PageLoad(int bindings) {
    cluster
        .admin()
        .namespaces()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
    ApiWriter writer = new ApiWriter(cluster.admin(), 32);
    String path = "apis/codesource.dev/v1alpha1/namespaces/" + NAMESPACE + "/codesourcebindings";
    writer.write(
        IntStream.range(0, bindings)
            .mapToObj(i -> new Write(path, ApiWriter.CREATE, binding(i)))
            .toList());
    writer.write(
        IntStream.range(0, bindings)
            .mapToObj(
                i -> new Write(path + "/binding-" + i + "/status", ApiWriter.MERGE, status(i)))
            .toList());
    cluster
        .apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: viewer, namespace: %1$s}
            rules: [{apiGroups: [codesource.dev], resources: ['*'], verbs: [get, list, watch]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: viewer, namespace: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: viewer}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'system:serviceaccounts:%1$s'}]
            """
                .formatted(NAMESPACE))
        .orFail();
    console = ConsoleProcess.start(cluster, Map.of());
  }

  private static String binding(int i) {
    return """
        {"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceBinding","metadata":{"name":"binding-%d"},
         "spec":{"platform":"GitLab","url":"https://gitlab-%d.example.com","username":"account-%d","tokenSecretRef":{"name":"token-%d"}}}"""
        .formatted(i, i % 50, i, i);
  }

  private static String status(int i) {
    return """
        {"status":{"phase":"Bound","observedGeneration":1,"url":"https://gitlab-%d.example.com/","expiresOn":"2027-01-31",
         "lastVerifiedAt":"2026-11-30T12:%02d:00Z","account":{"username":"account-%d","id":"%d"},"scopes":["api"],
         "conditions":[{"type":"Ready","status":"True","reason":"Bound","observedGeneration":1,"lastTransitionTime":"2026-11-30T12:00:00Z",
         "message":"account-%d has access to https://gitlab-%d.example.com/ with the scope api."}]}}"""
        .formatted(i % 50, i % 60, i, i, i, i % 50);
  }

  /** A session of a ServiceAccount; the header Cookie. */
  private String logIn(String name) {
    cluster
        .admin()
        .serviceAccounts()
        .inNamespace(NAMESPACE)
        .resource(
            new ServiceAccountBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    String token =
        cluster
            .admin()
            .serviceAccounts()
            .inNamespace(NAMESPACE)
            .withName(name)
            .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
            .getStatus()
            .getToken();
    HttpResponse<Void> answer =
        send(
            HttpRequest.newBuilder(URI.create(console.url("/login")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Sec-Fetch-Site", "same-origin")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)))
                .build(),
            HttpResponse.BodyHandlers.discarding());
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> !cookie.contains("Max-Age=0;"))
        .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
        .collect(Collectors.joining("; "));
  }

  /** The list, again and again, by one person. */
  Page list() {
    String session = logIn("lister");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(console.url("/ns/" + NAMESPACE)))
            .header("Cookie", session)
            .header("Accept-Encoding", "gzip")
            .build();
    List<Double> millis = new ArrayList<>();
    int bytes = 0;
    for (int i = 0; i < WARM_UP + MEASURED; i++) {
      long began = System.nanoTime();
      HttpResponse<byte[]> page = send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (page.statusCode() != 200) {
        throw new IllegalStateException("the list was answered with " + page.statusCode());
      }
      if (i >= WARM_UP) {
        millis.add((System.nanoTime() - began) / 1e6);
      }
      bytes = page.body().length;
    }
    return new Page(millis.stream().sorted().toList(), bytes);
  }

  /** Many pages stay open, and nothing happens. */
  Open open(int pages, Duration idle) {
    List<InputStream> streams = new ArrayList<>();
    // Such as that of the garbage collector, which watches every kind.
    long others = watches();
    try {
      String session = "";
      String changes = "";
      for (int i = 0; i < pages; i++) {
        if (i % OPEN_EACH == 0) {
          session = logIn("person-" + i);
          changes = changes(session);
        }
        HttpResponse<InputStream> stream =
            send(
                HttpRequest.newBuilder(URI.create(console.url(changes)))
                    .header("Cookie", session)
                    .header("Accept", "text/event-stream")
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        if (stream.statusCode() != 200) {
          throw new IllegalStateException(
              "page %d was answered with %d".formatted(i, stream.statusCode()));
        }
        streams.add(stream.body());
      }
      Course.pause(10_000);
      AuditTail audit = cluster.auditTail();
      long watches = watches() - others;
      Course.pause(idle.toMillis());
      long requests =
          audit.next().stream()
              .filter(
                  entry ->
                      entry.event().user().startsWith("system:serviceaccount:" + NAMESPACE + ":"))
              .count();
      return new Open(pages, watches, requests, idle, Usage.of(console.pid()));
    } finally {
      streams.forEach(PageLoad::close);
    }
  }

  /** Where the page of the list listens, from what it shows on. */
  private String changes(String session) {
    String page =
        send(
                HttpRequest.newBuilder(URI.create(console.url("/ns/" + NAMESPACE)))
                    .header("Cookie", session)
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    Matcher stream = Pattern.compile("sse-connect=\"([^\"]+)\"").matcher(page);
    if (!stream.find()) {
      throw new IllegalStateException("the list does not listen for changes");
    }
    return stream.group(1).replace("&amp;", "&");
  }

  private long watches() {
    return Optional.ofNullable(cluster.admin().raw("/metrics"))
        .orElse("")
        .lines()
        .filter(
            line ->
                line.startsWith("apiserver_longrunning_requests{")
                    && line.contains("resource=\"codesourcebindings\"")
                    && line.contains("verb=\"WATCH\""))
        .mapToLong(line -> (long) Double.parseDouble(line.replaceFirst(".* ", "")))
        .sum();
  }

  private static void close(InputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) {
    try {
      return http.send(request, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    console.close();
    cluster.close();
  }
}
