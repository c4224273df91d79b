package dev.codesource.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.Platform;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.WebhookState;
import dev.codesource.builder.BuilderRuns;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.codehost.WebhookSecret;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.WebhookShelf;
import dev.codesource.web.webhook.RawDelivery;
import dev.codesource.web.webhook.Signing;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many pushes to many repositories, more than can be built at once: two replicas, a GitLab with a
 * real git that sends each signed delivery once, and Jobs that are simulated. The leader is killed
 * in the middle.
 */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManyBuildsIT {

  /** {@code -Dbuilds.repositories=200 -Dbuilds.pushes=1000} is the full size. */
  private static final int REPOSITORIES = Integer.getInteger("builds.repositories", 30);

  /** Of all repositories together. */
  private static final int PUSHES = Integer.getInteger("builds.pushes", 150);

  /** In which they are pushed, in seconds. */
  private static final int WITHIN = Integer.getInteger("builds.within", 20);

  /** How long builds take, and where deliveries go. */
  private static final long SEED = Long.getLong("builds.seed", 1);

  private static final int NAMESPACES = 5;
  private static final int MOST_OF_NAMESPACE = 4;
  private static final int MOST_OF_TRIGGER = 1;
  private static final List<String> BRANCHES = List.of("main", "next");

  private static final String TOKEN = "glpat-good-and-long-enough";
  private static final byte[] BODY = "{\"object_kind\":\"push\"}".getBytes(UTF_8);
  private static final String DIGEST = "sha256:" + "ab".repeat(32);
  private static final Pattern NOT_BUILT = Pattern.compile(" at ([0-9a-f]{7}) ");

  private final Cluster cluster;
  private final GitLabWording wording = GitLabWording.current();
  private final WebhookShelf shelf = new WebhookShelf(wording);
  private final Random random = new Random(SEED);
  private final List<Team> teams = new ArrayList<>();
  private final List<Repository> repositories = new ArrayList<>();
  private final Map<String, OperatorProcess> replicas = new ConcurrentHashMap<>();
  private final Map<String, Instant> pushedAt = new ConcurrentHashMap<>();
  private final ScheduledExecutorService kubelet = Executors.newSingleThreadScheduledExecutor();
  private Installation installation;
  private LoopbackCodeHost gitLab;
  private SimulatedJobs jobs;

  ManyBuildsIT(Cluster cluster) {
    this.cluster = cluster;
  }

  /** A commit of a branch. */
  private record Push(String branch, String commit) {}

  /**
   * One of the code host, which a trigger of the same name watches.
   *
   * @param pushes all that there will be, in their order
   */
  private record Repository(String name, String namespace, GitRepository git, List<Push> pushes) {

    String path() {
      return "group/" + name;
    }

    synchronized void push(Push push) {
      git.pushCommit(push.branch(), push.commit());
    }

    /** The commits of a branch, in their order. */
    List<String> commits(String branch) {
      return pushes.stream()
          .filter(push -> push.branch().equals(branch))
          .map(Push::commit)
          .toList();
    }
  }

  @BeforeAll
  void start(@TempDir Path folder) {
    gitLab =
        LoopbackCodeHost.http(shelf)
            .grant(TOKEN, Grant.of("alice", "api"))
            .serving("/group", new GitHttpBackend(folder, "", "alice:" + TOKEN));
    gitLab.forgetting();
    installation =
        Installation.receivingDeliveries(
            cluster,
            "--set",
            // Time-outs of the code host are not the subject here, and the machine is busy.
            "operator.host.connectTimeout=60s,operator.host.timeout=90s",
            "--set",
            "operator.builders={BuildKit},operator.builds.maxConcurrentPerNamespace="
                + MOST_OF_NAMESPACE);
    startReplica("first");
    startReplica("second");
    var _ =
        kubelet.scheduleWithFixedDelay(
            this::startThoseThatHaveEnded, 500, 500, TimeUnit.MILLISECONDS);
    for (int i = 0; i < NAMESPACES; i++) {
      teams.add(preparedTeam());
    }
    IntStream.range(0, REPOSITORIES).forEach(i -> repositories.add(repository(folder, i)));
    patiently().until(() -> replicas.values().stream().allMatch(OperatorProcess::isReady));
    teams.forEach(team -> team.await("gitlab", Phase.Bound));
    repositories.forEach(this::watch);
    repositories.forEach(each -> patiently().until(() -> isWatched(each)));
    Random times = new Random(SEED);
    jobs =
        SimulatedJobs.succeeding(
            cluster, _ -> Duration.ofMillis(1000 + times.nextInt(2000)), DIGEST);
  }

  private void startReplica(String name) {
    replicas.put(name, installation.startWithoutWaiting(Map.of("HOSTNAME", name)));
  }

  /**
   * As the kubelet does: those that are killed, and those that lose the Lease on a busy machine.
   */
  private void startThoseThatHaveEnded() {
    replicas.forEach(
        (name, replica) -> {
          if (!replica.isAlive()) {
            replica.close();
            startReplica(name);
          }
        });
  }

  private Team preparedTeam() {
    Team team = Team.in(cluster).token("gitlab-token", gitLab.url(), TOKEN);
    team.secret(
        "registry",
        "kubernetes.io/dockerconfigjson",
        Map.of(".dockerconfigjson", "{\"auths\":{}}"));
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: gitlab-token}, publish: [BuildKit]"
            .formatted(gitLab.url()));
    cluster
        .apply(
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: codesource-builder, namespace: %1$s}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: codesource-builder, namespace: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: codesource-operator-builder-buildkit}
            subjects: [{kind: ServiceAccount, name: codesource-builder, namespace: %1$s}]
            """
                .formatted(team.namespace()))
        .orFail();
    return team;
  }

  /** Its commits are made before, so that a push is only a push. */
  private Repository repository(Path folder, int number) {
    String name = "shop-" + number;
    GitRepository git = GitRepository.empty(folder.resolve("group/" + name + ".git"));
    git.push("main", "README", name);
    List<Push> pushes = new ArrayList<>();
    for (int i = number; i < PUSHES; i += REPOSITORIES) {
      String branch = BRANCHES.get(random.nextInt(BRANCHES.size()));
      pushes.add(new Push(branch, git.commit(branch, "README", name + " " + i)));
    }
    shelf.put("group/" + name);
    return new Repository(name, teams.get(number % NAMESPACES).namespace(), git, pushes);
  }

  private void watch(Repository repository) {
    cluster
        .admin()
        .load(
            new ByteArrayInputStream(
                """
                apiVersion: codesource.dev/v1alpha1
                kind: CodeSourceTrigger
                metadata: {name: %s, namespace: %s}
                spec:
                  bindingRef: {name: gitlab}
                  repository: %s
                  interval: 1h
                  image: registry.example.com/%s
                  pushSecretRef: {name: registry}
                  maxConcurrent: %d
                  rules: [{name: all, branch: '.*'}]
                  builders: [{name: bk, buildkit: {}}]
                """
                    .formatted(
                        repository.name(),
                        repository.namespace(),
                        repository.path(),
                        repository.path(),
                        MOST_OF_TRIGGER)
                    .getBytes(UTF_8)))
        .create();
  }

  private CodeSourceTrigger trigger(Repository repository) {
    return cluster
        .admin()
        .resources(CodeSourceTrigger.class)
        .inNamespace(repository.namespace())
        .withName(repository.name())
        .require();
  }

  private boolean isWatched(Repository repository) {
    return Optional.ofNullable(trigger(repository).getStatus())
        .map(TriggerStatus::webhook)
        .filter(webhook -> webhook.state() == WebhookState.Active)
        .isPresent();
  }

  @AfterAll
  void stop() {
    kubelet.close();
    replicas.values().forEach(OperatorProcess::close);
    if (jobs != null) {
      jobs.close();
    }
    gitLab.close();
  }

  /** The machine may be busy, and a Lease has to run out first. */
  private static ConditionFactory patiently() {
    return Awaitility.await().atMost(Duration.ofMinutes(10)).pollInterval(Duration.ofMillis(500));
  }

  @Test
  void everyTipIsBuiltOnceWithinTheLimitsAndNoSupersededCommitIsBuilt() throws Exception {
    Set<Repository> untold = ConcurrentHashMap.newKeySet();
    Instant began = Instant.now();
    try (ScheduledExecutorService hosts = Executors.newScheduledThreadPool(8)) {
      for (int i = 0; i < PUSHES; i++) {
        Repository repository = repositories.get(i % REPOSITORIES);
        Push push = repository.pushes().get(i / REPOSITORIES);
        String to = random.nextBoolean() ? "first" : "second";
        var _ =
            hosts.schedule(
                () -> {
                  repository.push(push);
                  pushedAt.put(push.commit(), Instant.now());
                  if (deliver(repository, to) != 202) {
                    untold.add(repository);
                  }
                },
                WITHIN * 1000L * i / PUSHES,
                TimeUnit.MILLISECONDS);
      }
      Thread.sleep(Duration.ofSeconds(WITHIN).dividedBy(2));
      replicas.get(leader()).killHard();
    }
    Duration pushing = Duration.between(began, Instant.now());
    // What the interval does for deliveries that nobody has taken.
    patiently().until(() -> replicas.values().stream().allMatch(OperatorProcess::isReady));
    untold.forEach(this::compareNow);

    Map<String, String> tips = tips();
    patiently()
        .untilAsserted(
            () -> {
              assertThat(built()).containsAll(tips.keySet());
              assertThat(jobs.active()).isZero();
            });
    Duration all = Duration.between(began, Instant.now());
    Set<String> notBuilt = superseded();
    report(pushing, all, untold.size(), notBuilt.size());

    assertThat(pushedAt).as("every push has arrived").hasSize(PUSHES);
    assertThat(built()).as("each commit at most once").doesNotHaveDuplicates();
    assertThat(notBuilt).as("else there was always a place").isNotEmpty();
    assertThat(built().stream().map(commit -> commit.substring(0, 7)))
        .doesNotContainAnyElementsOf(notBuilt);
    for (Repository repository : repositories) {
      for (String branch : BRANCHES) {
        assertThat(order(repository, branch))
            .as("never an older commit after a newer one")
            .isSorted();
      }
    }
    assertThat(jobs.most())
        .containsKeys(teams.stream().map(Team::namespace).toArray(String[]::new));
    jobs.most()
        .forEach(
            (place, most) ->
                assertThat(most)
                    .as(place)
                    .isLessThanOrEqualTo(
                        place.contains("/") ? MOST_OF_TRIGGER : MOST_OF_NAMESPACE));
  }

  /** The newest commit of each branch. */
  private Map<String, String> tips() {
    Map<String, String> tips = new HashMap<>();
    for (Repository repository : repositories) {
      for (String branch : BRANCHES) {
        List<String> commits = repository.commits(branch);
        if (!commits.isEmpty()) {
          tips.put(commits.getLast(), repository.name() + " " + branch);
        }
      }
    }
    return tips;
  }

  private List<String> built() {
    return jobs.created().stream().map(ManyBuildsIT::commit).toList();
  }

  private static String commit(Job job) {
    return job.getMetadata().getAnnotations().get(BuilderRuns.COMMIT);
  }

  /** The places of the built commits of a branch among all of its commits, as they were started. */
  private List<Integer> order(Repository repository, String branch) {
    List<String> commits = repository.commits(branch);
    return built().stream().filter(commits::contains).map(commits::indexOf).toList();
  }

  /** The commits that Events say are not built, shortened. */
  private Set<String> superseded() {
    Set<String> superseded = new HashSet<>();
    teams.stream()
        .flatMap(team -> team.events().stream())
        .filter(event -> "BuildSuperseded".equals(event.getReason()))
        .forEach(
            event -> {
              Matcher matcher = NOT_BUILT.matcher(event.getNote());
              while (matcher.find()) {
                superseded.add(matcher.group(1));
              }
            });
    return superseded;
  }

  private void report(Duration pushing, Duration all, int untold, int superseded) {
    List<Long> waits =
        jobs.created().stream()
            .filter(job -> pushedAt.containsKey(commit(job)))
            .map(
                job ->
                    Duration.between(
                            pushedAt.get(commit(job)),
                            Instant.parse(job.getMetadata().getCreationTimestamp()))
                        .toSeconds())
            .sorted()
            .toList();
    String most =
        teams.stream()
            .map(team -> String.valueOf(jobs.most().get(team.namespace())))
            .collect(Collectors.joining(", "));
    System.err.printf(
        "%d repositories in %d namespaces, %d pushes in %d s, all built after %d s (-Dbuilds.seed=%d): %d builds of %d tips, %d commits told to be superseded, %d repositories with a delivery without 202, at most %s builds of a namespace at once; from the push to the build's object %d s in the middle, %d s at most%n",
        REPOSITORIES,
        NAMESPACES,
        PUSHES,
        pushing.toSeconds(),
        all.toSeconds(),
        SEED,
        jobs.created().size(),
        tips().size(),
        superseded,
        untold,
        most,
        waits.get(waits.size() / 2),
        waits.getLast());
  }

  private String leader() {
    return cluster
        .admin()
        .leases()
        .inNamespace(Installation.NAMESPACE)
        .withName(Installation.RELEASE)
        .require()
        .getSpec()
        .getHolderIdentity();
  }

  /** Sends what the code host sends for a push, once; the status of the answer, 0: none. */
  private int deliver(Repository repository, String to) {
    var hook = shelf.hooks(repository.path()).getFirst();
    String path = wording.url(hook).replaceFirst(".*/", "");
    WebhookSecret secret = new WebhookSecret(hook.path("signing_token").asText());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), replicas.get(to).port())) {
      socket.setSoTimeout(10_000);
      return RawDelivery.status(
          RawDelivery.send(socket, path, Signing.headers(Platform.GitLab, secret, BODY), BODY));
    } catch (IOException e) {
      return 0;
    }
  }

  private void compareNow(Repository repository) {
    cluster
        .admin()
        .resource(trigger(repository))
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"now\"}}}"
                .formatted(CodeSourceTrigger.REQUESTED_AT));
  }
}
