package dev.codesource.bench;

import dev.codesource.cluster.AuditTail;
import dev.codesource.cluster.Cluster;
import dev.codesource.operator.Installation;
import dev.codesource.operator.JavaCommand;
import dev.codesource.operator.OperatorProcess;
import dev.codesource.testhost.LoopbackCodeHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One fleet, and operators that are started on it. */
final class Course implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(20);

  /** Those of more bindings follow for longer than the start itself takes, and are not all kept. */
  private static final int EVENTS_AWAITED = 10_000;

  private final Cluster cluster;
  private final Installation installation;
  private final LoopbackCodeHost host;
  private final Fleet fleet;
  private final JavaCommand java;
  private final AuditTail audit;
  private final List<AuditTail.Entry> seen = new ArrayList<>();
  private final List<OperatorProcess> operators = new ArrayList<>();
  private Instant began = Instant.EPOCH;
  private int askedBefore;

  Course(
      Cluster cluster,
      Installation installation,
      LoopbackCodeHost host,
      Fleet fleet,
      JavaCommand java) {
    this.cluster = cluster;
    this.installation = installation;
    this.host = host;
    this.fleet = fleet;
    this.java = java;
    this.audit = cluster.auditTail();
  }

  /** Starts processes, one for each of these settings. */
  Course start(List<Map<String, String>> settings) {
    audit.next();
    seen.clear();
    askedBefore = host.count();
    began = Instant.now();
    for (Map<String, String> each : settings) {
      Map<String, String> environment = new HashMap<>(each);
      environment.put("MALLOC_ARENA_MAX", "2"); // as the image has it
      operators.add(installation.startWithoutWaiting(java, environment));
    }
    return this;
  }

  /** Waits until every binding's status was written, and measures. */
  ColdStart awaitAllBound(Duration latency, int hostConcurrency) {
    awaitAll();
    List<Usage> atTheEnd = usages();
    if (operators.size() == 1 && latency.isZero() && fleet.size() <= EVENTS_AWAITED) {
      awaitQuiet(); // to count the Events too
    }
    Requests requests = requests();
    List<Instant> writes = requests.statusWrites();
    return new ColdStart(
        fleet.size(),
        operators.size(),
        latency,
        hostConcurrency,
        Duration.between(began, writes.getFirst()),
        Duration.between(began, writes.get(fleet.size() - 1)),
        writes.size(),
        requests.byKind(),
        host.count() - askedBefore,
        host.mostInFlight(),
        atTheEnd.stream().mapToDouble(Usage::cpuSeconds).sum(),
        usages().stream().mapToLong(Usage::peakRss).max().orElseThrow(),
        usages().stream().mapToLong(Usage::rss).max().orElseThrow(),
        operators.stream().mapToLong(Course::liveHeap).max().orElseThrow());
  }

  /** Waits until every binding's status was written. */
  List<OperatorProcess> awaitAll() {
    Instant end = began.plus(PATIENCE);
    int written = writtenSince();
    while (written < fleet.size()) {
      if (Instant.now().isAfter(end) || operators.stream().noneMatch(OperatorProcess::isAlive)) {
        throw new IllegalStateException(
            "only %d of %d are Bound:%n%s"
                .formatted(written, fleet.size(), String.join("\n", operators.getFirst().log())));
      }
      pause(500);
      written += writtenSince();
    }
    return operators;
  }

  /** How many statuses were written since this, or {@link #requests}, was called before. */
  private int writtenSince() {
    // What was seen before is not counted again: the processors are the operator's too.
    List<AuditTail.Entry> next = audit.next();
    seen.addAll(next);
    return Requests.by(Installation.user(), next.stream()).statusWriteEntries().size();
  }

  /** When the status of a binding was written; waits for it. */
  Instant awaitStatusOf(String binding) {
    Instant end = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(end)) {
      for (AuditTail.Entry write : requests().statusWriteEntries()) {
        if (write.event().name().equals(binding)) {
          return write.answeredAt();
        }
      }
      pause(100);
    }
    throw new IllegalStateException(binding + " has got no status");
  }

  /** Waits until nothing is written any more: Events may come later. */
  void awaitQuiet() {
    long before = -1;
    for (long now = requests().writes(); now != before; now = requests().writes()) {
      before = now;
      pause(2_000);
    }
  }

  /** What the operators have asked since their start. */
  Requests requests() {
    seen.addAll(audit.next());
    return Requests.by(Installation.user(), seen.stream());
  }

  List<Usage> usages() {
    return operators.stream().map(operator -> Usage.of(operator.pid())).toList();
  }

  List<OperatorProcess> operators() {
    return operators;
  }

  int hostRequests() {
    return host.count() - askedBefore;
  }

  Fleet fleet() {
    return fleet;
  }

  Cluster cluster() {
    return cluster;
  }

  /** In bytes; by a collection of all garbage and the JVM's own account. */
  static long liveHeap(OperatorProcess operator) {
    jcmd(operator, "GC.run");
    return jcmd(operator, "GC.heap_info")
        .lines()
        .filter(line -> line.contains("used") && line.contains("total"))
        .mapToLong(line -> Long.parseLong(line.replaceFirst(".*used (\\d+)K.*", "$1")) * 1024)
        .sum();
  }

  private static String jcmd(OperatorProcess operator, String command) {
    try {
      Process process =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/jcmd",
                  Long.toString(operator.pid()),
                  command)
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor(1, TimeUnit.MINUTES);
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Ends the operators in an orderly way. */
  void stop() {
    operators.forEach(
        operator -> {
          if (operator.isAlive()) {
            operator.terminate(Duration.ofSeconds(60));
          }
          operator.close();
        });
    operators.clear();
  }

  @Override
  public void close() {
    operators.forEach(OperatorProcess::close);
  }
}
