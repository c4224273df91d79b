package dev.codesource.bench;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.bench.Plan.Part;
import dev.codesource.cluster.Cluster;
import dev.codesource.operator.HostileTenant;
import dev.codesource.operator.Installation;
import dev.codesource.operator.JavaCommand;
import dev.codesource.operator.OperatorProcess;
import dev.codesource.operator.Team;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Measures the operator against the limit of its API server, and writes down what was seen. */
public final class Bench {

  /** For a code host that takes its time: 8 at once would be 80 bindings a second at 50 ms. */
  private static final int MANY_AT_ONCE = 64;

  private static final int SLOWEST_SAID = 10;
  private static final int SILENT_HOSTS = 1_500;
  private static final int HEAVY_HOSTS = 200;

  private static final int STEADY = 100;
  private static final int PAGE_BINDINGS = 1_000;
  private static final int OPEN_PAGES = 200;

  /** Pushes a second that the API server of one machine with everything else can follow. */
  private static final int UNHURRIED = 25;

  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration DELIVERIES = Duration.ofSeconds(20);

  private static final Duration SLOW = Duration.ofMillis(50);
  private static final Path CACHE = Path.of("target/bench/operator.aot").toAbsolutePath();

  private final Plan plan;
  private final Report report;

  private Bench(Plan plan) {
    this.plan = plan;
    this.report = new Report(plan);
  }

  public static void main(String[] arguments) throws IOException {
    Plan plan;
    try {
      plan = Plan.of(System.getenv());
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    int code = 0;
    try {
      Bench bench = new Bench(plan);
      bench.run();
    } catch (RuntimeException e) {
      e.printStackTrace();
      code = 1;
    }
    System.exit(code);
  }

  private void run() throws IOException {
    if (plan.has(Part.PAGE)) {
      page();
      report.write();
    }
    if (plan.isOfTheConsole()) {
      return;
    }
    JavaCommand plain = asInTheImage();
    JavaCommand cached = train(plain);
    if (plan.has(Part.START)) {
      starts(plain, cached);
    }
    for (int size : plan.sizes()) {
      if (plan.has(Part.COLD) || size == plan.main()) {
        measure(size, cached);
        // What was measured is not to be lost with what is still to be.
        report.write();
      }
    }
    if (plan.has(Part.FAILOVER)) {
      failover(cached);
    }
    if (plan.has(Part.HOSTILE)) {
      hostile();
    }
    if (plan.has(Part.DELIVERIES)) {
      deliveries();
    }
    if (plan.has(Part.TRIGGERS)) {
      triggers(cached);
    }
    report.write();
  }

  private static JavaCommand asInTheImage() {
    String more = System.getenv().getOrDefault("MORE_JAVA_OPTIONS", "");
    return JavaCommand.ofTheBuild()
        .with(Training.AS_IN_A_POD)
        .with(more.isBlank() ? new String[0] : more.trim().split(" +"));
  }

  private static void say(String format, Object... values) {
    System.err.printf("==> " + format + "%n", values);
  }

  /** Makes an AOT cache, as the image's build does, with the options that it will be used with. */
  private static JavaCommand train(JavaCommand java) throws IOException {
    if (System.getenv().containsKey("NO_CACHE")) {
      return java;
    }
    Files.createDirectories(CACHE.getParent());
    say("Training an AOT cache");
    Training.train(java, CACHE);
    return java.with("-XX:AOTCache=" + CACHE);
  }

  private void starts(JavaCommand plain, JavaCommand cached) {
    for (JavaCommand java : List.of(plain, cached)) {
      try (Stage stage = new Stage(100, java)) {
        List<Double> firsts =
            IntStream.range(0, plan.starts())
                .mapToObj(
                    i -> {
                      stage.course().fleet().forget();
                      stage.course().start(List.of(Map.of()));
                      ColdStart run = stage.course().awaitAllBound(Duration.ZERO, 8);
                      stage.course().stop();
                      return Fleet.seconds(run.firstBound());
                    })
                .sorted()
                .toList();
        say("First Bound after %s s", firsts);
        report.firstBound(java == cached, firsts);
      }
    }
  }

  private void measure(int size, JavaCommand java) throws IOException {
    boolean isMain = size == plan.main();
    say("%d bindings", size);
    try (Stage stage = new Stage(size, java)) {
      Course course = stage.course();
      cold(course, List.of(Map.of()), Duration.ZERO, 8);
      if (isMain) {
        if (plan.has(Part.SECRETS)) {
          secrets(course);
        }
        if (plan.has(Part.IDLE)) {
          idle(course);
        }
        course.stop();
        if (plan.has(Part.RESTART)) {
          restart(course);
        }
      }
      course.stop();
      limit(course);
      if (isMain && plan.has(Part.SHARDS)) {
        report.write();
        for (int shards : List.of(2, 4)) {
          course.fleet().forget();
          course.fleet().spread(shards);
          cold(course, shards(shards), Duration.ZERO, 8);
          course.stop();
        }
      }
    }
    if (plan.has(Part.LATENCY) && size >= 1000) {
      latency(size, java);
    }
  }

  /** On a cluster as new as that of the cold start without latency, to be compared with it. */
  private void latency(int size, JavaCommand java) {
    try (Stage stage = new Stage(size, java)) {
      stage.hostTakes(SLOW);
      Map<String, String> concurrency =
          Map.of("CODESOURCE_HOST_CONCURRENCY", Integer.toString(MANY_AT_ONCE));
      cold(stage.course(), List.of(concurrency), SLOW, MANY_AT_ONCE);
      stage.course().stop();
    }
  }

  private static List<Map<String, String>> shards(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                Map.of(
                    "CODESOURCE_SHARD_COUNT",
                    Integer.toString(count),
                    "CODESOURCE_SHARD_INDEX",
                    Integer.toString(i)))
        .toList();
  }

  private void cold(
      Course course, List<Map<String, String>> settings, Duration latency, int concurrency) {
    ColdStart run = course.start(settings).awaitAllBound(latency, concurrency);
    say("%s, %.0f/s", run, run.rate());
    report.coldStart(run);
  }

  private void limit(Course course) {
    Map<String, Double> rates = new HashMap<>();
    for (int workers : List.of(8, 32)) {
      rates.put("apply, " + workers, course.fleet().statusWritesPerSecond(workers));
      rates.put("merge, " + workers, course.fleet().mergePatchesPerSecond(workers));
    }
    say("Limit: %s", rates);
    report.limit(course.fleet().size(), rates);
  }

  private void restart(Course course) {
    course.start(List.of(Map.of()));
    OperatorProcess operator = course.operators().getFirst();
    Instant began = Instant.now();
    while (!operator.isReady() || !bound(operator, course.fleet().size())) {
      Course.pause(200);
    }
    Duration ready = Duration.between(began, Instant.now());
    Course.pause(5_000);
    say(
        "Restart: ready after %s, %d host requests, %d writes",
        ready, course.hostRequests(), course.requests().writes());
    report.restart(
        course.fleet().size(),
        ready,
        course.hostRequests(),
        course.requests().writes(),
        course.usages().getFirst());
  }

  private static boolean bound(OperatorProcess operator, int count) {
    return operator
        .get("/metrics")
        .contains(
            "codesource_bindings{phase=\"Bound\",platform=\"GitLab\",shard=\"0\"} " + count + ".0");
  }

  private void idle(Course course) {
    course.awaitQuiet();
    long writes = course.requests().writes();
    int asked = course.hostRequests();
    Usage before = course.usages().getFirst();
    Course.pause(plan.idle().toMillis());
    Usage after = course.usages().getFirst();
    report.idle(
        course.fleet().size(),
        course.requests().writes() - writes,
        course.hostRequests() - asked,
        after.cpuSeconds() - before.cpuSeconds(),
        after.rss());
  }

  /** Changes Secrets one after the other, ten a second, and reads the times in the audit log. */
  private void secrets(Course course) {
    course.awaitQuiet();
    int before = course.requests().statusWrites().size();
    int changes = Math.min(plan.changes(), course.fleet().size());
    Map<String, Instant> changed = new HashMap<>();
    for (int i = 0; i < changes; i++) {
      int index = (int) ((long) i * course.fleet().size() / changes);
      changed.put(Fleet.name(index), Instant.now());
      course.fleet().changeSecret(index, Fleet.OTHER_TOKEN);
      Course.pause(100);
    }
    course.awaitQuiet();
    List<Double> millis =
        course.requests().statusWriteEntries().stream()
            .skip(before)
            .map(event -> Duration.between(changed.get(event.event().name()), event.answeredAt()))
            .map(duration -> duration.toNanos() / 1e6)
            .sorted()
            .toList();
    say("Secrets: %s", millis);
    report.secrets(course.fleet().size(), changes, millis);
  }

  /** A hostile tenant, and a good one who makes a binding after the other. */
  private void hostile() {
    say("A hostile tenant for %s", plan.attack());
    try (Cluster cluster = Cluster.start();
        LoopbackCodeHost shared =
            LoopbackCodeHost.http(HostileTenant.shared(Dialect.gitLab()))
                .grant(Fleet.TOKEN, Grant.of("alice", "api"))) {
      shared.forgetting();
      Installation installation = Installation.allowingLoopback(cluster);
      Team good = Team.in(cluster).token("gitlab-token", shared.url(), Fleet.TOKEN);
      try (OperatorProcess operator = installation.startInChartsMemory();
          HostileTenant _ = HostileTenant.begin(cluster, shared, SILENT_HOSTS, HEAVY_HOSTS)) {
        List<Double> seconds = new ArrayList<>();
        Instant end = Instant.now().plus(plan.attack());
        while (Instant.now().isBefore(end)) {
          String name = "gitlab-" + seconds.size();
          Instant created = Instant.now();
          good.createGitLab(name, shared.url());
          good.await(name, Phase.Bound);
          seconds.add(Fleet.seconds(Duration.between(created, Instant.now())));
        }
        List<Double> sorted = seconds.stream().sorted().toList();
        say(
            "The slowest of a good tenant's bindings: %s s",
            sorted.subList(Math.max(0, sorted.size() - SLOWEST_SAID), sorted.size()));
        report.hostile(
            sorted, operator.isAlive(), operator.peakMemory(), installation.memoryLimit());
      }
    }
  }

  /** The console: the list of a namespace with many bindings, and pages that stay open. */
  private void page() {
    say("A page of %d bindings", PAGE_BINDINGS);
    try (PageLoad load = new PageLoad(PAGE_BINDINGS)) {
      PageLoad.Page list = load.list();
      say("p50 %.0f ms, %d bytes", list.millis().get(list.millis().size() / 2), list.bytes());
      report.page(PAGE_BINDINGS, list);
      PageLoad.Open open = load.open(OPEN_PAGES, plan.idle());
      say("%s", open);
      report.openPages(open);
    }
  }

  /** Deliveries of webhooks: as many as it takes, and a steady stream. */
  private void deliveries() {
    say("Deliveries to %d webhooks", DeliveryLoad.WEBHOOKS);
    try (Cluster cluster = Cluster.start();
        DeliveryLoad load =
            DeliveryLoad.on(
                cluster,
                Installation.allowingLoopback(
                    cluster, "--set", "operator.webhook.publicUrl=https://hooks.example.com"))) {
      load.atOnce(WARM_UP);
      Usage before = Usage.of(load.operator().pid());
      long writes = writes(load.operator());
      DeliveryLoad.Result most = load.atOnce(DELIVERIES);
      Usage after = Usage.of(load.operator().pid());
      say("At once: %.0f/s, %d refused", most.accepted(), most.refused());
      report.deliveriesAtOnce(
          most,
          (after.cpuSeconds() - before.cpuSeconds()) / Fleet.seconds(DELIVERIES),
          (writes(load.operator()) - writes) / Fleet.seconds(DELIVERIES),
          after.peakRss());
      DeliveryLoad.Result steady = load.steady(STEADY, DELIVERIES);
      say("Steady: p99 %.0f ms, %d refused", steady.percentile(0.99), steady.refused());
      report.deliveriesSteady(STEADY, steady);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Triggers with webhooks: a start, a time without pushes, and a stream of pushes. */
  private void triggers(JavaCommand java) {
    say("%d triggers", plan.main());
    try (TriggerLoad load = new TriggerLoad(plan.main(), java)) {
      TriggerLoad.Start start = load.start();
      say("%s", start);
      report.triggersStarted(start);
      TriggerLoad.Idle idle = load.idle(plan.idle());
      say("%s", idle);
      report.triggersIdle(plan.main(), idle);
      TriggerLoad.Restart restart = load.restart();
      say("%s", restart);
      report.triggersRestarted(plan.main(), restart);
      int version = 0;
      for (int perSecond : List.of(UNHURRIED, STEADY)) {
        version++;
        List<Double> millis = load.push(perSecond, DELIVERIES, version);
        say("From delivery to due: p50 %.0f ms", millis.get(millis.size() / 2));
        report.triggersPushed(perSecond, millis);
      }
    }
  }

  private static long writes(OperatorProcess operator) {
    return operator
        .get("/metrics")
        .lines()
        .filter(line -> line.startsWith("codesource_webhook_notes_total{result=\"written\"}"))
        .mapToLong(line -> (long) Double.parseDouble(line.replaceFirst(".* ", "")))
        .sum();
  }

  /** Kills the leader, and looks how long a binding that comes then has to wait. */
  private void failover(JavaCommand java) {
    try (Stage stage = new Stage(100, java, "--set", "replicas=2")) {
      Course course = stage.course();
      List<OperatorProcess> operators =
          course
              .start(List.of(Map.of("HOSTNAME", "first"), Map.of("HOSTNAME", "second")))
              .awaitAll();
      course.awaitQuiet();
      boolean firstLeads = operators.getFirst().get("/metrics").contains("verifications_total{");
      OperatorProcess leader = firstLeads ? operators.getFirst() : operators.getLast();
      Instant killed = Instant.now();
      leader.killHard();
      course.fleet().bindAgain(0, "waiting");
      Duration took = Duration.between(killed, course.awaitStatusOf("waiting"));
      say("Failover: %s", took);
      report.failover(took);
    }
  }
}
