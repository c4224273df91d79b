package dev.codesource.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.Platform;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.WebhookState;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.codehost.WebhookSecret;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.LoopbackHost;
import dev.codesource.testhost.WebhookShelf;
import dev.codesource.web.webhook.RawDelivery;
import dev.codesource.web.webhook.Signing;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What triggers promise, from the push to the sink, while something fails: each commit is delivered
 * under one identifier. Two replicas, a GitLab with a real git that sends each signed delivery
 * once, and a sink. Repositories are compared once an hour, so that a push is found in time by its
 * delivery or by a start of the operator only.
 */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EveryPushIT {

  /** How often a replica is killed; {@code -Dwebhook.kills=50} takes a quarter of an hour. */
  private static final int KILLS = Integer.getInteger("webhook.kills", 3);

  /** The moments of the kills; {@code -Dwebhook.seed} has others tried. */
  private static final long SEED = Long.getLong("webhook.seed", 1);

  /**
   * In seconds. In less than the 15 of a Lease the leader may keep it, and then finds what was
   * pushed at the interval.
   */
  private static final Duration OUTAGE =
      Duration.ofSeconds(Integer.getInteger("apiserver.outage", 60));

  private static final int PUSHES_IN_OUTAGE = 100;
  private static final int REPOSITORIES = 10;

  /** After a kill it is as much as a delivery takes to the sink. */
  private static final int LONGEST_PAUSE = 500;

  private static final String TOKEN = "glpat-good-and-long-enough";
  private static final byte[] BODY = "{\"object_kind\":\"push\"}".getBytes(UTF_8);

  private final Cluster cluster;
  private final GitLabWording wording = GitLabWording.current();
  private final WebhookShelf shelf = new WebhookShelf(wording);
  private final Random random = new Random(SEED);
  private final LoopbackHost sink = new LoopbackHost(EveryPushIT::taken);
  private final List<Repository> repositories = new ArrayList<>();
  private final Pod first = new Pod("first");
  private final Pod second = new Pod("second");
  private Path kubeconfig;
  private Map<String, String> environment;
  private LoopbackCodeHost gitLab;
  private Team team;

  EveryPushIT(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Long enough for a kill between what the sink has and what is noted of it. */
  private static CannedAnswer taken(Asked asked) {
    pause(Duration.ofMillis(50));
    return CannedAnswer.of(202);
  }

  /** A replica. What it needs is read before the API server is away. */
  private final class Pod {
    private final String name;
    private volatile OperatorProcess container;

    Pod(String name) {
      this.name = name;
    }

    /** Does not wait until it is ready. */
    void start() {
      Map<String, String> variables = new HashMap<>(environment);
      variables.put("HOSTNAME", name);
      container = OperatorProcess.run(kubeconfig, variables);
    }

    boolean isReady() {
      return container.isAlive() && container.isReady();
    }

    void kill() {
      container.killHard();
      container.close();
    }

    /** As the kubelet does. */
    void startAgainIfEnded() {
      if (!container.isAlive()) {
        container.close();
        start();
      }
    }
  }

  /** One of the code host, which a trigger of the same name watches. */
  private record Repository(String name, GitRepository git) {

    String path() {
      return "group/" + name;
    }

    /** Pushes a new commit to a branch. */
    synchronized String push(String branch) {
      // Of all repositories and branches none has the same commit.
      return git.push(branch, "of-" + branch, name + " " + branch + " " + System.nanoTime());
    }
  }

  @BeforeAll
  void start(@TempDir Path folder) {
    for (int i = 0; i < REPOSITORIES; i++) {
      String name = "shop-" + i;
      GitRepository git = GitRepository.empty(folder.resolve("group/" + name + ".git"));
      git.push("main", "README", name);
      repositories.add(new Repository(name, git));
      shelf.put("group/" + name);
    }
    gitLab =
        LoopbackCodeHost.http(shelf)
            .grant(TOKEN, Grant.of("alice", "api"))
            .serving("/group", new GitHttpBackend(folder, "", "alice:" + TOKEN));
    Installation installation =
        Installation.receivingDeliveries(
            cluster,
            "--set",
            // Time-outs of the code host are not the subject here, and the machine is busy.
            "operator.host.connectTimeout=60s,operator.host.timeout=90s",
            "--set",
            "operator.sinks[0].name=build-service,operator.sinks[0].url=" + sink.site("/events"));
    kubeconfig = installation.kubeconfig();
    environment = installation.environment();
    first.start();
    second.start();
    awaitReady();
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), TOKEN);
    team.bindGitLab("gitlab", gitLab.url());
    team.await("gitlab", Phase.Bound);
    repositories.forEach(this::watch);
    repositories.forEach(each -> patiently().until(() -> isWatched(each)));
    // A new webhook has its repository compared once more.
    pause(Duration.ofSeconds(5));
  }

  private void awaitReady() {
    patiently().until(() -> first.isReady() && second.isReady());
  }

  private void watch(Repository repository) {
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: %s, namespace: %s}
            spec:
              bindingRef: {name: gitlab}
              repository: %s
              interval: 1h
              rules: [{name: all, branch: '.*'}]
              builders: [{name: ci, sink: {name: build-service}}]
            """
                .formatted(repository.name(), team.namespace(), repository.path()))
        .orFail();
  }

  private boolean isWatched(Repository repository) {
    return Optional.ofNullable(
            cluster
                .admin()
                .resources(CodeSourceTrigger.class)
                .inNamespace(team.namespace())
                .withName(repository.name())
                .require()
                .getStatus())
        .map(TriggerStatus::webhook)
        .filter(webhook -> webhook.state() == WebhookState.Active)
        .isPresent();
  }

  @AfterAll
  void stop() {
    Stream.of(first, second).forEach(pod -> pod.container.close());
    gitLab.close();
    sink.close();
  }

  /** The machine may be busy, and a Lease has to run out first. */
  private static ConditionFactory patiently() {
    return Awaitility.await()
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptionsInstanceOf(UncheckedIOException.class);
  }

  /** Sends what the code host sends for a push, once; the status of the answer, 0: none. */
  private int deliver(Repository repository, Pod to) {
    var hook = shelf.hooks(repository.path()).getFirst();
    String path = wording.url(hook).replaceFirst(".*/", "");
    WebhookSecret secret = new WebhookSecret(hook.path("signing_token").asText());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.container.port())) {
      socket.setSoTimeout(10_000);
      return RawDelivery.status(
          RawDelivery.send(socket, path, Signing.headers(Platform.GitLab, secret, BODY), BODY));
    } catch (IOException e) {
      return 0;
    }
  }

  /** The identifiers under which the sink was told of each commit. */
  private Map<String, Set<String>> told() {
    Map<String, Set<String>> ids = new HashMap<>();
    for (Asked event : sink.seen()) {
      ids.computeIfAbsent(commit(event), _ -> new HashSet<>())
          .add(event.header("ce-id").orElseThrow());
    }
    return ids;
  }

  private static String commit(Asked event) {
    try {
      return new ObjectMapper().readTree(event.body()).path("commit").asText();
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitTold(Set<String> commits) {
    patiently()
        .untilAsserted(() -> assertThat(told()).containsKeys(commits.toArray(String[]::new)));
  }

  /** Of what was pushed since, the sink was told under one identifier each, and of nothing else. */
  private void assertToldOnce(Set<String> before, Set<String> pushed) {
    Map<String, Set<String>> told = told();
    told.keySet().removeAll(before);
    assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(pushed);
    assertThat(told).allSatisfy((_, ids) -> assertThat(ids).hasSize(1));
    assertThat(told.values().stream().flatMap(Set::stream).collect(Collectors.toSet()))
        .hasSameSizeAs(pushed);
  }

  @Test
  @Order(1)
  void everyPushIsDeliveredOnceHoweverReplicasAreKilled() throws InterruptedException {
    System.err.printf("%d kills, -Dwebhook.seed=%d%n", KILLS, SEED);
    Set<String> before = told().keySet();
    Set<String> pushed = ConcurrentHashMap.newKeySet();
    Set<String> accepted = ConcurrentHashMap.newKeySet();
    int leaders = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      if (kill % 3 == 2) {
        // Else the comparison at the start of the leader would find what a lost note told of.
        patiently().until(() -> hasCompared(leads(first) ? first : second));
      }
      Pod leader = leads(first) ? first : second;
      // In turns: the leader, whose Lease then runs out, so that the other one leads; either;
      // and who does not lead. The last one is not followed by a comparison of everything.
      boolean isReplaced = kill % 3 == 0;
      boolean isLeader = isReplaced || (kill % 3 == 1 && random.nextBoolean());
      Pod victim = isLeader ? leader : other(leader);
      leaders += victim == leader ? 1 : 0;
      String branch = "kill-" + kill;
      int deliveries = random.nextInt(REPOSITORIES);
      CountDownLatch begun = new CountDownLatch(deliveries);
      List<Thread> hosts = new ArrayList<>();
      for (Repository repository : repositories) {
        Pod to = random.nextBoolean() ? first : second;
        hosts.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      String commit = repository.push(branch);
                      pushed.add(commit);
                      begun.countDown();
                      if (deliver(repository, to) == 202) {
                        accepted.add(commit);
                      }
                    }));
      }
      begun.await();
      pause(Duration.ofMillis(random.nextInt(LONGEST_PAUSE)));
      victim.kill();
      for (Thread host : hosts) {
        host.join();
      }
      if (isReplaced) {
        patiently().until(() -> leads(other(victim)));
      }
      victim.start();
      awaitReady();
    }

    awaitTold(accepted);
    int lost = pushed.size() - accepted.size();
    // What the interval does for deliveries that nobody has taken.
    repositories.forEach(this::compareNow);
    awaitTold(pushed);
    assertToldOnce(before, pushed);
    System.err.printf(
        "%d pushes, %d deliveries without 202, %d kills of the leader, %d requests to the sink%n",
        pushed.size(), lost, leaders, sink.seen().size());
    assertThat(accepted).as("else nothing was tried").isNotEmpty();
  }

  private Pod other(Pod pod) {
    return pod == first ? second : first;
  }

  private boolean leads(Pod pod) {
    return Optional.ofNullable(
            cluster
                .admin()
                .leases()
                .inNamespace(Installation.NAMESPACE)
                .withName(Installation.RELEASE)
                .get())
        .map(lease -> pod.name.equals(lease.getSpec().getHolderIdentity()))
        .orElse(false);
  }

  /** Whether the comparisons with which a leader begins have ended. */
  private boolean hasCompared(Pod leader) {
    return leads(leader)
        && leader
                .container
                .get("/metrics")
                .lines()
                .filter(line -> line.startsWith("codesource_trigger_comparisons_total{"))
                .filter(line -> line.contains("Watching"))
                .mapToDouble(line -> Double.parseDouble(line.replaceFirst(".* ", "")))
                .sum()
            >= REPOSITORIES;
  }

  private void compareNow(Repository repository) {
    cluster
        .admin()
        .resources(CodeSourceTrigger.class)
        .inNamespace(team.namespace())
        .withName(repository.name())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"now\"}}}"
                .formatted(CodeSourceTrigger.REQUESTED_AT));
  }

  @Test
  @Order(2)
  void everyPushIsDeliveredOnceThoughTheApiServerIsAwayMeanwhile() {
    Set<String> before = told().keySet();
    Set<String> pushed = new HashSet<>();
    List<Integer> answers = new ArrayList<>();
    Instant end = Instant.now().plus(OUTAGE);
    cluster.whileApiServerIsPaused(
        () -> {
          for (int i = 0; i < PUSHES_IN_OUTAGE; i++) {
            Repository repository = repositories.get(i % REPOSITORIES);
            pushed.add(repository.push("outage-" + i));
            Pod to = i % 2 == 0 ? first : second;
            var _ =
                Thread.ofVirtual()
                    .start(
                        () -> {
                          int answer = deliver(repository, to);
                          synchronized (answers) {
                            answers.add(answer);
                          }
                        });
            startAgainIfEnded();
          }
          // Of each branch the newest commit counts.
          repositories.forEach(each -> each.push("main"));
          repositories.stream().map(each -> each.push("main")).forEach(pushed::add);
          while (Instant.now().isBefore(end)) {
            startAgainIfEnded();
            pause(Duration.ofSeconds(1));
          }
          synchronized (answers) {
            assertThat(answers)
                .as("nothing could be noted")
                .isNotEmpty()
                .allSatisfy(answer -> assertThat(answer).isIn(0, 503));
          }
          assertThat(told().keySet()).doesNotContainAnyElementsOf(pushed);
        });
    patiently()
        .untilAsserted(
            () -> {
              startAgainIfEnded();
              assertThat(told()).containsKeys(pushed.toArray(String[]::new));
            });
    awaitReady();

    assertToldOnce(before, pushed);
    assertThat(pushed).hasSize(PUSHES_IN_OUTAGE + REPOSITORIES);
  }

  private void startAgainIfEnded() {
    first.startAgainIfEnded();
    second.startAgainIfEnded();
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
