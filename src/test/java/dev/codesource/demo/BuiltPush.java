package dev.codesource.demo;

import dev.codesource.api.Platform;
import dev.codesource.cluster.Cluster;
import dev.codesource.codehost.WebhookSecret;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.operator.SimulatedJobs;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.WebhookShelf;
import dev.codesource.web.webhook.Signing;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A push to a repository of a GitLab on loopback. That GitLab keeps webhooks, and sends a signed
 * delivery for the push; a trigger has it built by Jobs. As there is no kubelet, these do not run:
 * what becomes of them is simulated.
 */
final class BuiltPush implements AutoCloseable {

  private static final String REPOSITORY = "team/shop";
  private static final String TOKEN = "shops-token";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Nobody takes it for that of an image. */
  private static final String DIGEST = "sha256:" + "0".repeat(64);

  private static final Duration BUILD_TIME = Duration.ofSeconds(2);

  private final Cluster cluster;
  private final String namespace;
  private final GitLabWording wording = GitLabWording.current();
  private final WebhookShelf shelf = new WebhookShelf(wording);
  private final GitRepository repository;
  private final LoopbackCodeHost gitLab;
  private final SimulatedJobs jobs;

  private BuiltPush(Cluster cluster, String namespace, Path folder) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.repository = GitRepository.empty(folder.resolve(REPOSITORY + ".git"));
    repository.push("main", "README", "A shop");
    shelf.put(REPOSITORY);
    this.gitLab =
        LoopbackCodeHost.http(shelf)
            .grant(TOKEN, Grant.of("alice", "api"))
            .serving("/team", new GitHttpBackend(folder, "", "alice:" + TOKEN));
    this.jobs = SimulatedJobs.succeeding(cluster, _ -> BUILD_TIME, DIGEST);
  }

  /** Makes the repository, and applies a binding, a trigger, and the account of its builds. */
  static BuiltPush prepare(Cluster cluster, String namespace) throws IOException {
    Path folder =
        Files.createTempDirectory(Files.createDirectories(Path.of("target/demo")), "shop")
            .toAbsolutePath();
    BuiltPush push = new BuiltPush(cluster, namespace, folder);
    cluster
        .apply(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: shops-token}
            type: codesource.dev/token
            stringData: {url: '%1$s', token: %2$s}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: registry}
            type: kubernetes.io/dockerconfigjson
            stringData: {.dockerconfigjson: '{"auths":{}}'}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: codesource-builder}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: codesource-builder}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: codesource-operator-builder-buildkit}
            subjects: [{kind: ServiceAccount, name: codesource-builder, namespace: %4$s}]
            ---
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceBinding
            metadata: {name: shop}
            spec: {platform: GitLab, url: '%1$s', username: alice, tokenSecretRef: {name: shops-token}, publish: [BuildKit]}
            ---
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: shop}
            spec:
              bindingRef: {name: shop}
              repository: %3$s
              image: registry.example.com/team/shop
              pushSecretRef: {name: registry}
              rules:
              - {name: main, branch: main}
              - {name: release, tag: 'v(?<version>[0-9.]+)', imageTags: ['${version}']}
              builders:
              - {name: buildkit, buildkit: {}}
            """
                .formatted(push.gitLab.url(), TOKEN, REPOSITORY, namespace),
            "-n",
            namespace)
        .orFail();
    return push;
  }

  /** Pushes, and shows what becomes of it. */
  void show(PrintStream out) throws InterruptedException {
    await("{.status.webhook.state}", "Active");
    print(out, "get", "cst", "-n", namespace);
    out.println("\n$ git push origin main");
    String commit = repository.push("main", "README", "A shop that is open");
    out.println("$ git tag v1.0 && git push origin v1.0");
    repository.tag("v1.0");
    Instant pushed = Instant.now();
    out.printf(
        "GitLab sends a signed delivery; the operator answers %d.%n",
        deliver("{\"object_kind\":\"push\"}"));
    await("{.status.rules[?(@.name==\"main\")].lastBuild.sha}", commit);
    out.printf(
        "Due after %d ms, and a Job for each:%n",
        Duration.between(pushed, Instant.now()).toMillis());
    for (String rule : List.of("main", "release")) {
      await("{.status.rules[?(@.name==\"%s\")].lastBuild.state}".formatted(rule), "Succeeded");
    }
    print(out, "get", "jobs", "-n", namespace, "-l", "codesource.dev/trigger=shop");
    print(out, "get", "cst", "-n", namespace);
    print(
        out,
        "get",
        "cst",
        "shop",
        "-n",
        namespace,
        "-o",
        "jsonpath={range .status.rules[*]}{.name}{\"\\t\"}{.lastBuild.images[0]}{\"\\t\"}{.lastBuild.state}{\"\\t\"}{.lastBuild.digest}{\"\\n\"}{end}");
    out.println(
        """

        Real: the pushes, the deliveries, the Jobs, and the account that created them. Simulated: that their pods ran,
        and the digest. No node is here, and no image was built.""");
  }

  private void print(PrintStream out, String... arguments) {
    out.println(
        "\n$ kubectl "
            + String.join(" ", arguments).replaceFirst("jsonpath=(.*)", "jsonpath='$1'"));
    out.print(cluster.kubectl(arguments).orFail().stdout());
  }

  private void await(String path, String wanted) throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    String found = "";
    while (Instant.now().isBefore(end)) {
      found =
          cluster
              .kubectl("get", "cst", "shop", "-n", namespace, "-o", "jsonpath=" + path)
              .orFail()
              .stdout();
      if (found.equals(wanted)) {
        return;
      }
      Thread.sleep(50);
    }
    throw new IllegalStateException(
        "%s is \"%s\" after %s, not \"%s\"".formatted(path, found, PATIENCE, wanted));
  }

  /** Sends what GitLab sends for a push, to the address that the operator has registered. */
  private int deliver(String text) throws InterruptedException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    var hook = shelf.hooks(REPOSITORY).getFirst();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(wording.url(hook)))
            .header("Content-Type", "application/json")
            .header("X-Gitlab-Event", "Push Hook")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    Signing.headers(Platform.GitLab, new WebhookSecret(hook.path("signing_token").asText()), body)
        .forEach(request::header);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new IllegalStateException("The delivery could not be sent: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    jobs.close();
    gitLab.close();
  }
}
