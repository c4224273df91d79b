package dev.codesource.builder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.codesource.build.Builder;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiReads;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of an API server, and what its answers mean. */
@Timeout(60)
class KubernetesRunsTest {

  private static final String ACCOUNT = "codesource-builder";
  private static final String DIGEST = "sha256:" + "a".repeat(64);

  private record Answer(int status, String body) {}

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();

  /** By the method and the path. */
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Requests whose methods and paths begin so are not answered until it is open. */
  private volatile String held = "none";

  private final CountDownLatch open = new CountDownLatch(1);
  private final HttpServer api;
  private final KubernetesClient client;
  private final KubernetesRuns runs;

  KubernetesRunsTest() throws IOException {
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.createContext("/", this::answer);
    api.setExecutor(threads);
    api.start();
    Config config = Config.empty();
    config.setMasterUrl("http://127.0.0.1:" + api.getAddress().getPort());
    config.setRequestRetryBackoffLimit(0);
    client = new KubernetesClientBuilder().withConfig(config).build();
    runs =
        new KubernetesRuns(
            client,
            new RunInformers(
                client,
                Set.of(RunKind.Build),
                Set.of(),
                InstantSource.system(),
                Duration.ofMillis(50)),
            Orders.RUNS,
            new ApiReads(),
            InstantSource.system(),
            Set.of(ACCOUNT),
            "codesource-operator");
  }

  @AfterEach
  void stop() {
    open.countDown();
    client.close();
    api.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    String query = exchange.getRequestURI().getRawQuery();
    asked.add(
        "%s%s as %s"
            .formatted(
                request,
                query == null ? "" : "?" + URLDecoder.decode(query, UTF_8),
                exchange.getRequestHeaders().getFirst("Impersonate-User")));
    bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    if (request.startsWith(held)) {
      try {
        open.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    Answer answer = answers.getOrDefault(request, status(404, "not found"));
    byte[] body = answer.body().getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static Answer status(int code, String message) {
    return new Answer(
        code,
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":%d,\"message\":\"%s\"}"
            .formatted(code, message));
  }

  private static Run run(RunKind kind) {
    return run(kind, "team-a");
  }

  private static Run run(RunKind kind, String namespace) {
    return new Run(
        kind,
        namespace,
        "shop-main-1",
        "the-uid",
        "u",
        "shop",
        Orders.due("refs/heads/main"),
        Optional.empty(),
        Progress.NONE,
        Instant.EPOCH,
        false);
  }

  private static Answer pods(String status) {
    return new Answer(
        200,
        "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"continue\":\"more\"},\"items\":[{\"metadata\":{\"name\":\"p\"}%s}]}"
            .formatted(status));
  }

  private static final String PODS = "GET /api/v1/namespaces/team-a/pods";

  @Test
  void ofAJobOnlyOnePodIsReadWhichItsOwnUidTells() {
    answers.put(
        PODS,
        pods(
            ",\"status\":{\"containerStatuses\":[{\"state\":{\"terminated\":{\"message\":\"%s\"}}}]}"
                .formatted(DIGEST)));

    assertThat(runs.digest(run(RunKind.Job), ACCOUNT)).contains(DIGEST);
    assertThat(asked)
        .singleElement()
        .asString()
        .contains("limit=1", "labelSelector=batch.kubernetes.io/controller-uid=the-uid")
        .endsWith("as system:serviceaccount:team-a:codesource-builder");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"status\":null",
        ",\"status\":{}",
        ",\"status\":{\"containerStatuses\":[{}]}",
        ",\"status\":{\"containerStatuses\":[{\"state\":{\"running\":{}}}]}",
        ",\"status\":{\"containerStatuses\":[{\"state\":{\"terminated\":{}}}]}"
      })
  void aPodThatTellsNothingHasNoDigest(String status) {
    answers.put(PODS, pods(status));

    assertThat(runs.digest(run(RunKind.Job), ACCOUNT)).contains("");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void withoutAnAnswerTheDigestIsAskedForAgain(int code) {
    answers.put(PODS, status(code, "later"));

    assertThat(runs.digest(run(RunKind.Job), ACCOUNT)).isEmpty();
  }

  @Test
  void whoMayNotReadPodsGetsNoDigest() {
    answers.put(PODS, status(403, "forbidden"));

    assertThat(runs.digest(run(RunKind.Job), ACCOUNT)).contains("");
  }

  private static final String JOB = "/apis/batch/v1/namespaces/team-a/jobs/shop-main-1";
  private static final String TASK_RUN =
      "/apis/tekton.dev/v1/namespaces/team-a/taskruns/shop-main-1";
  private static final String GET_ACCOUNT =
      "GET /api/v1/namespaces/team-a/serviceaccounts/codesource-builder";

  private void accountIsThere() {
    accountIsThere(GET_ACCOUNT);
  }

  private void accountIsThere(String request) {
    answers.put(
        request,
        new Answer(
            200,
            "{\"kind\":\"ServiceAccount\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}}"));
  }

  private static Answer taskRun(String uid, String status) {
    return new Answer(
        200,
        "{\"kind\":\"TaskRun\",\"apiVersion\":\"tekton.dev/v1\",\"metadata\":{\"name\":\"shop-main-1\",\"uid\":\"%s\"},\"status\":{\"conditions\":[{\"type\":\"Succeeded\",\"status\":\"%s\"}]}}"
            .formatted(uid, status));
  }

  @Test
  void aDeletionIsOfThisObjectAndNotOfAnotherOneOfItsName() {
    accountIsThere();
    answers.put("DELETE " + JOB, status(200, ""));

    assertThat(runs.delete(run(RunKind.Job), ACCOUNT)).isInstanceOf(Outcome.Done.class);

    assertThat(asked)
        .last()
        .asString()
        .isEqualTo("DELETE %s as system:serviceaccount:team-a:codesource-builder".formatted(JOB));
    assertThat(bodies).last().asString().contains("\"uid\":\"the-uid\"", "Background");
  }

  @Test
  void aCancellationIsOfThisObject() {
    accountIsThere();
    answers.put("PATCH " + TASK_RUN, taskRun("the-uid", "Unknown"));

    assertThat(runs.cancel(run(RunKind.TaskRun), ACCOUNT)).isInstanceOf(Outcome.Done.class);

    assertThat(asked).hasSize(2).last().asString().startsWith("PATCH " + TASK_RUN);
    assertThat(bodies)
        .last()
        .asString()
        .contains("\"uid\":\"the-uid\"", "\"status\":\"TaskRunCancelled\"");
  }

  @Test
  void whatIsGoneOrHasEndedNeedsNoCancellation() {
    accountIsThere();
    Run run = run(RunKind.TaskRun);

    assertThat(runs.cancel(run, ACCOUNT)).isInstanceOf(Outcome.Done.class);
    assertThat(runs.delete(run, ACCOUNT)).isInstanceOf(Outcome.Done.class);

    for (int code : List.of(400, 409, 422)) {
      answers.put("PATCH " + TASK_RUN, status(code, "no more updates"));
      answers.put("GET " + TASK_RUN, taskRun("the-uid", "True"));
      assertThat(runs.cancel(run, ACCOUNT)).isInstanceOf(Outcome.Done.class);
      answers.put("GET " + TASK_RUN, taskRun("another", "Unknown"));
      assertThat(runs.cancel(run, ACCOUNT)).isInstanceOf(Outcome.Done.class);
    }
  }

  @Test
  void aRefusedCancellationOfWhatGoesOnIsRefused() {
    accountIsThere();
    answers.put("PATCH " + TASK_RUN, status(422, "no"));
    answers.put("GET " + TASK_RUN, taskRun("the-uid", "Unknown"));

    assertThat(runs.cancel(run(RunKind.TaskRun), ACCOUNT)).isInstanceOf(Outcome.Refused.class);
  }

  @Test
  void theAccountIsLookedUpOnceForManyRequests() {
    accountIsThere();

    for (int i = 0; i < 3; i++) {
      var _ = runs.delete(run(RunKind.Job), ACCOUNT);
    }

    assertThat(asked.stream().filter(each -> each.startsWith(GET_ACCOUNT))).hasSize(1);
  }

  @Test
  void beforeTheBuildsAreListedNothingIsMissing() {
    Builder.InCluster kpack = Orders.BUILDERS.get("build");

    assertThat(runs.usable(kpack)).isInstanceOf(Outcome.Waiting.class);

    runs.start();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(runs.usable(kpack))
                    .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused ->
                            assertThat(refused.problem().reason())
                                .isEqualTo(Reason.BuilderNotInstalled)));
    // The client prints the stack of each list that fails.
    Awaitility.await().until(() -> askedFor("GET /apis/kpack.io/v1alpha2 as") > 3);
    assertThat(askedFor("builds?")).as("what is not installed is not listed").isZero();
    runs.close();
  }

  /** As when the builder is installed later. */
  @Test
  void itIsToldThatBuildsCannotBeListedAndThatTheyAreAtLast() {
    Builder.InCluster kpack = Orders.BUILDERS.get("build");
    List<String> told = new CopyOnWriteArrayList<>();
    runs.onListed(kind -> told.add(kind + " " + runs.usable(kpack).getClass().getSimpleName()));

    runs.start();
    Awaitility.await().untilAsserted(() -> assertThat(told).containsExactly("Build Refused"));
    isInstalled("kpack.io/v1alpha2", "Build");
    answers.put(
        "GET /apis/kpack.io/v1alpha2/builds",
        new Answer(
            200,
            "{\"kind\":\"BuildList\",\"apiVersion\":\"kpack.io/v1alpha2\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}"));

    Awaitility.await()
        .atMost(Duration.ofSeconds(45))
        .untilAsserted(() -> assertThat(told).containsExactly("Build Refused", "Build Done"));
    runs.close();
  }

  private void isInstalled(String apiVersion, String kind) {
    answers.put(
        "GET /apis/" + apiVersion,
        new Answer(
            200,
            "{\"kind\":\"APIResourceList\",\"groupVersion\":\"%s\",\"resources\":[{\"name\":\"x\",\"singularName\":\"\",\"namespaced\":true,\"kind\":\"%s\",\"verbs\":[\"list\"]}]}"
                .formatted(apiVersion, kind)));
  }

  private long askedFor(String text) {
    return asked.stream().filter(each -> each.contains(text)).count();
  }

  /** A page of a first list can take much memory: 10 objects of 1.5 MiB. */
  @Test
  void kindsAndNamespacesAreListedOneAfterAnotherAndPageByPage() throws InterruptedException {
    isInstalled("kpack.io/v1alpha2", "Build");
    isInstalled("batch/v1", "Job");
    held = "GET /apis/kpack.io/v1alpha2/";
    try (RunInformers informers =
        new RunInformers(
            client,
            Set.of(RunKind.Build, RunKind.Job),
            Set.of("team-a", "team-b"),
            InstantSource.system())) {
      informers.start();
      Awaitility.await().until(() -> askedFor("namespaces") > 0);
      Thread.sleep(500);
      assertThat(askedFor("namespaces")).isEqualTo(1);
      open.countDown();

      for (String list :
          List.of("team-a/builds?", "team-b/builds?", "team-a/jobs?", "team-b/jobs?")) {
        Awaitility.await().until(() -> askedFor(list) > 0);
        assertThat(asked.stream().filter(each -> each.contains(list)))
            .allSatisfy(each -> assertThat(each).contains("limit=10"));
      }
    }
  }

  /** Admission webhooks of one namespace may be slow. */
  @Test
  void aNamespaceWhoseWritesTakeLongHasFourOfEightPlacesAndAnotherOneGoesOn()
      throws InterruptedException {
    accountIsThere();
    accountIsThere(GET_ACCOUNT.replace("team-a", "team-b"));
    held = "DELETE /apis/batch/v1/namespaces/team-a/";
    List<Thread> slow = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      slow.add(Thread.ofVirtual().start(() -> runs.delete(run(RunKind.Job), ACCOUNT)));
    }
    Awaitility.await().until(() -> askedFor(held) == 4);

    assertThat(runs.delete(run(RunKind.Job, "team-b"), ACCOUNT)).isInstanceOf(Outcome.Done.class);
    assertThat(askedFor(held)).isEqualTo(4);

    open.countDown();
    for (Thread each : slow) {
      each.join();
    }
    assertThat(askedFor(held)).as("each has its turn").isEqualTo(10);
  }

  @Test
  void theDigestIsReadAsNoOtherAccountAndOfJobsAlone() {
    assertThat(runs.digest(run(RunKind.Job), "default")).contains("");
    assertThat(runs.digest(run(RunKind.TaskRun), ACCOUNT)).contains("");

    assertThat(asked).isEmpty();
  }
}
