package dev.codesource.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.Platform;
import dev.codesource.api.TriggerStatus;
import dev.codesource.bench.ApiWriter.Write;
import dev.codesource.cluster.AuditTail;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.FreePort;
import dev.codesource.codehost.WebhookSecret;
import dev.codesource.operator.Installation;
import dev.codesource.operator.JavaCommand;
import dev.codesource.operator.OperatorProcess;
import dev.codesource.testhost.CannedGit;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.WebhookShelf;
import dev.codesource.web.webhook.Signing;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Many triggers with webhooks, each for a repository of its own, a hundred to a namespace with one
 * binding. A push is a changed branch and a signed delivery, as GitLab sends it.
 */
final class TriggerLoad implements AutoCloseable {

  private static final int TO_A_NAMESPACE = 100;
  private static final int WORKERS = 32;
  private static final int TAGS = 10;
  private static final Duration SILENCE = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final byte[] BODY = "{\"object_kind\":\"push\"}".getBytes(UTF_8);

  private final Cluster cluster = Cluster.start();
  private final int size;
  private final GitLabWording wording = GitLabWording.current();
  private final WebhookShelf shelf = new WebhookShelf(wording);
  private final CannedGit git = new CannedGit();
  private final LoopbackCodeHost host;
  private final JavaCommand java;
  private final Installation installation;
  private final AuditTail audit;
  private final SharedIndexInformer<CodeSourceTrigger> triggers;
  private final AtomicInteger active = new AtomicInteger();

  /** When the last commit of a trigger was seen to be due, by its commit. */
  private final Map<String, Long> due = new ConcurrentHashMap<>();

  /** The same after a restart, for it is part of the address that webhooks have. */
  private final int port = FreePort.find();

  private OperatorProcess operator;
  private Instant began = Instant.EPOCH;

  TriggerLoad(int size, JavaCommand java) {
    this.size = size;
    this.java = java;
    this.host =
        LoopbackCodeHost.http(shelf)
            .grant(Fleet.TOKEN, Grant.of("alice", "api"))
            .serving("/group", git);
    host.forgetting();
    this.installation = Installation.receivingDeliveries(cluster);
    this.audit = cluster.auditTail();
    all()
        .forEach(
            i -> {
              shelf.put(repository(i));
              git.put(repository(i), commits(i, 0));
            });
    create();
    this.triggers =
        cluster
            .admin()
            .resources(CodeSourceTrigger.class)
            .inAnyNamespace()
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(CodeSourceTrigger trigger) {
                    seen(trigger, false);
                  }

                  @Override
                  public void onUpdate(CodeSourceTrigger before, CodeSourceTrigger trigger) {
                    seen(trigger, isActive(before));
                  }

                  @Override
                  public void onDelete(CodeSourceTrigger trigger, boolean unknown) {}
                });
  }

  /**
   * A start.
   *
   * @param active until all triggers were Active with a webhook
   */
  record Start(int size, Duration active, Usage usage, long heap, Map<String, Long> requests) {}

  /**
   * A time without pushes.
   *
   * @param writes of the operator
   * @param hostRequests to the code host
   */
  record Idle(Duration time, long writes, int hostRequests, double cpuSeconds) {}

  private IntStream all() {
    return IntStream.range(0, size);
  }

  private static String namespace(int i) {
    return "triggers-" + i / TO_A_NAMESPACE;
  }

  private static String repository(int i) {
    return "group/repository-" + i;
  }

  private static String commit(int i, int version) {
    return "%020x%020x".formatted(i + 1L, version + 1L);
  }

  private static Map<String, String> commits(int i, int version) {
    Map<String, String> commits = new LinkedHashMap<>();
    commits.put("refs/heads/main", commit(i, version));
    IntStream.range(0, TAGS).forEach(tag -> commits.put("refs/tags/v1." + tag, commit(i, 0)));
    return commits;
  }

  private void create() {
    ApiWriter writer = new ApiWriter(cluster.admin(), WORKERS);
    List<Write> firsts = new ArrayList<>();
    List<Write> bindings = new ArrayList<>();
    for (int i = 0; i < size; i += TO_A_NAMESPACE) {
      String namespace = namespace(i);
      cluster
          .admin()
          .namespaces()
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .create();
      firsts.add(
          new Write(
              "api/v1/namespaces/%s/secrets".formatted(namespace),
              ApiWriter.CREATE,
              """
              {"apiVersion":"v1","kind":"Secret","metadata":{"name":"gitlab"},"type":"codesource.dev/token",
               "stringData":{"url":"%s","token":"%s"}}"""
                  .formatted(host.url(), Fleet.TOKEN)));
      bindings.add(
          new Write(
              "apis/codesource.dev/v1alpha1/namespaces/%s/codesourcebindings".formatted(namespace),
              ApiWriter.CREATE,
              """
              {"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceBinding","metadata":{"name":"gitlab"},
               "spec":{"platform":"GitLab","url":"%s","username":"alice","tokenSecretRef":{"name":"gitlab"}}}"""
                  .formatted(host.url())));
    }
    writer.write(firsts);
    writer.write(bindings);
    writer.write(all().mapToObj(TriggerLoad::trigger).toList());
  }

  private static Write trigger(int i) {
    return new Write(
        "apis/codesource.dev/v1alpha1/namespaces/%s/codesourcetriggers".formatted(namespace(i)),
        ApiWriter.CREATE,
        """
        {"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceTrigger","metadata":{"name":"trigger-%d"},
         "spec":{"bindingRef":{"name":"gitlab"},"repository":"%s","interval":"10m",
                 "image":"registry.example.com/team/shop","rules":[{"name":"main","branch":"main"},{"name":"release","tag":"v[0-9.]+"}]}}"""
            .formatted(i, repository(i)));
  }

  private static boolean isActive(CodeSourceTrigger trigger) {
    return Optional.ofNullable(trigger.getStatus())
        .map(TriggerStatus::webhook)
        .filter(webhook -> webhook.state() == TriggerStatus.WebhookState.Active)
        .isPresent();
  }

  private void seen(CodeSourceTrigger trigger, boolean wasActive) {
    if (isActive(trigger) && !wasActive) {
      active.incrementAndGet();
    }
    Optional.ofNullable(trigger.getStatus()).map(TriggerStatus::rules).stream()
        .flatMap(List::stream)
        .map(rule -> Objects.requireNonNull(rule.lastBuild()).sha())
        .filter(Objects::nonNull)
        .forEach(sha -> due.putIfAbsent(sha, System.nanoTime()));
  }

  /**
   * A restart while nothing was pushed.
   *
   * @param writes of the operator
   * @param quiet until it asked the API server nothing any more
   */
  record Restart(long writes, Duration quiet, Usage usage, long heap, Map<String, Long> requests) {}

  private OperatorProcess started() {
    Map<String, String> environment = new HashMap<>(Installation.receivingAt(port));
    environment.put("MALLOC_ARENA_MAX", "2"); // as the image has it
    began = Instant.now();
    return installation.startWithoutWaiting(java, environment);
  }

  /** Ends the operator and starts it again, and waits until it has nothing to do any more. */
  Restart restart() {
    operator.close();
    audit.next();
    operator = started();
    List<AuditTail.Entry> entries = new ArrayList<>();
    Instant last = Instant.now();
    while (Instant.now().isBefore(last.plus(SILENCE))) {
      Course.pause(1_000);
      if (!operator.isAlive()) {
        throw new IllegalStateException(String.join("\n", operator.log()));
      }
      List<AuditTail.Entry> more =
          Requests.by(Installation.user(), audit.next().stream()).entries().stream()
              // Each watch is begun again every half minute, and the Lease is renewed.
              .filter(entry -> !"watch".equals(entry.event().verb()))
              .filter(entry -> !"leases".equals(entry.event().resource()))
              .toList();
      if (!more.isEmpty()) {
        entries.addAll(more);
        last = Instant.now();
      }
    }
    Requests requests = new Requests(entries);
    return new Restart(
        requests.writes(),
        Duration.between(began, last),
        Usage.of(operator.pid()),
        Course.liveHeap(operator),
        requests.byKind());
  }

  /** Starts the operator, and waits until each trigger is Active and has its webhook. */
  Start start() {
    audit.next();
    operator = started();
    Instant end = began.plus(PATIENCE);
    while (active.get() < size) {
      if (Instant.now().isAfter(end) || !operator.isAlive()) {
        throw new IllegalStateException(
            "only %d of %d triggers are Active:%n%s"
                .formatted(active.get(), size, String.join("\n", operator.log())));
      }
      Course.pause(200);
    }
    Duration took = Duration.between(began, Instant.now());
    Usage usage = Usage.of(operator.pid());
    return new Start(size, took, usage, Course.liveHeap(operator), requests().byKind());
  }

  private Requests requests() {
    return Requests.by(Installation.user(), audit.next().stream());
  }

  /** Waits until nothing is written any more, and then watches an operator without pushes. */
  Idle idle(Duration time) {
    while (requests().writes() > 0) {
      Course.pause(3_000);
    }
    int asked = host.count();
    Usage before = Usage.of(operator.pid());
    Course.pause(time.toMillis());
    return new Idle(
        time,
        requests().writes(),
        host.count() - asked,
        Usage.of(operator.pid()).cpuSeconds() - before.cpuSeconds());
  }

  /**
   * Pushes, so many times a second, each time to another repository.
   *
   * @param version of all commits, another one each time
   * @return the milliseconds from each delivery to the status that says what is due, sorted
   */
  List<Double> push(int perSecond, Duration time, int version) {
    int pushes = (int) Math.min(size, perSecond * time.toSeconds());
    Map<String, Long> sent = new ConcurrentHashMap<>();
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      long start = System.nanoTime();
      List<Thread> deliveries = new ArrayList<>();
      for (int i = 0; i < pushes; i++) {
        long at = start + i * (1_000_000_000L / perSecond);
        Course.pause(Math.max(0, (at - System.nanoTime()) / 1_000_000));
        int index = i;
        git.put(repository(index), commits(index, version));
        sent.put(commit(index, version), System.nanoTime());
        deliveries.add(Thread.ofVirtual().start(() -> deliver(client, index)));
      }
      for (Thread delivery : deliveries) {
        delivery.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    Instant end = Instant.now().plus(Duration.ofMinutes(2));
    while (!due.keySet().containsAll(sent.keySet()) && Instant.now().isBefore(end)) {
      Course.pause(100);
    }
    return sent.entrySet().stream()
        .map(
            push ->
                Optional.ofNullable(due.get(push.getKey()))
                    .map(seen -> (seen - push.getValue()) / 1e6)
                    .orElse(Double.POSITIVE_INFINITY))
        .sorted()
        .toList();
  }

  private void deliver(HttpClient client, int i) {
    var hook = shelf.hooks(repository(i)).getFirst();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(wording.url(hook)))
            .POST(HttpRequest.BodyPublishers.ofByteArray(BODY));
    Signing.headers(Platform.GitLab, new WebhookSecret(hook.path("signing_token").asText()), BODY)
        .forEach(request::header);
    try {
      client.send(request.build(), HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      System.err.println("A delivery failed: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    triggers.close();
    if (operator != null) {
      operator.close();
    }
    host.close();
    cluster.close();
  }
}
