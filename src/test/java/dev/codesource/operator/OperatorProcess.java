package dev.codesource.operator;

import dev.codesource.cluster.ChildProcess;
import dev.codesource.cluster.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The packaged operator, running as its own process until it is closed. */
public final class OperatorProcess implements AutoCloseable {

  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private final ChildProcess process;
  private final int port;
  private final int managementPort;
  private final HttpClient http = HttpClient.newHttpClient();

  private OperatorProcess(ChildProcess process, int port, int managementPort) {
    this.process = process;
    this.port = port;
    this.managementPort = managementPort;
  }

  /**
   * Starts the operator and waits until it is ready.
   *
   * @param settings environment variables, as the chart sets them; loopback is allowed besides
   */
  public static OperatorProcess start(Path kubeconfig, Map<String, String> settings) {
    return startWithoutWaiting(kubeconfig, settings).awaitReady();
  }

  /** As {@link #start}; does not wait until it is ready. */
  public static OperatorProcess startWithoutWaiting(Path kubeconfig, Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>();
    environment.put("CODESOURCE_ADDRESS_ALLOWED_CIDRS", "127.0.0.0/8,::1/128");
    // Tokens of tests live for seconds.
    environment.put("CODESOURCE_TOKENS_MINIMUM_AGE", "5s");
    // The Lease that the chart's Role is for.
    environment.put("CODESOURCE_LEADER_ELECTION_LEASE_NAME", Installation.RELEASE);
    environment.putAll(settings);
    return run(kubeconfig, environment);
  }

  /** Starts the operator with these settings, and listening on loopback. */
  static OperatorProcess run(Path kubeconfig, Map<String, String> settings) {
    return run(JavaCommand.ofTheBuild().with("-Xmx192m"), kubeconfig, settings);
  }

  static OperatorProcess run(JavaCommand java, Path kubeconfig, Map<String, String> settings) {
    int port = FreePort.find();
    int managementPort = FreePort.find();
    Map<String, String> environment = new HashMap<>();
    environment.put("KUBECONFIG", kubeconfig.toAbsolutePath().toString());
    environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
    environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
    environment.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
    environment.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(managementPort));
    environment.put("CODESOURCE_OAUTH_PUBLIC_URL", "http://127.0.0.1:" + port);
    // As a container that is started again in its pod: it need not wait until the Lease of one that
    // was killed runs out.
    environment.put("HOSTNAME", "operator");
    environment.putAll(settings);
    Path log = Path.of("target", "operator-logs", "operator-" + port + ".log");
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new OperatorProcess(
        ChildProcess.start("operator", java.command(), environment, log), port, managementPort);
  }

  public OperatorProcess awaitReady() {
    Instant end = Instant.now().plus(READY_WITHIN);
    while (!isReady()) {
      if (!process.isAlive() || Instant.now().isAfter(end)) {
        process.close();
        throw new IllegalStateException("the operator is not ready:\n" + String.join("\n", log()));
      }
      pause();
    }
    return this;
  }

  public boolean isReady() {
    return status("/q/health/ready") == 200;
  }

  /** The answer of an endpoint for management, such as {@code /metrics}. */
  public String get(String path) {
    try {
      return http.send(request(managementPort, path), HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The status of the answer of an endpoint for management; 0 when there is none. */
  public int status(String path) {
    return status(managementPort, path);
  }

  /** The status of the answer at the port of the pages; 0 when there is none. */
  public int publicStatus(String path) {
    return status(port, path);
  }

  private int status(int at, String path) {
    try {
      return http.send(request(at, path), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static HttpRequest request(int at, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at + path))
        .timeout(Duration.ofSeconds(10))
        .build();
  }

  public List<String> log() {
    return process.output();
  }

  /** The file with the log. */
  public Path logFile() {
    return process.log();
  }

  /** The lines that tell of an exception, in text or in JSON. */
  public List<String> stackTraces() {
    return log().stream()
        .filter(line -> line.startsWith("\tat ") || line.contains("\"exception\":"))
        .toList();
  }

  public long pid() {
    return process.pid();
  }

  /** Of the pages. */
  public int port() {
    return port;
  }

  /** Of metrics and health. */
  public int managementPort() {
    return managementPort;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL, as when a node dies. */
  public void killHard() {
    process.killHard();
    process.waitFor(Duration.ofSeconds(10));
  }

  /** SIGTERM, as when a pod is deleted; the exit code. */
  public int terminate(Duration atMost) {
    process.kill();
    return process.waitFor(atMost);
  }

  /** The exit code of a process that ends by itself. */
  public int awaitEnd(Duration atMost) {
    return process.waitFor(atMost);
  }

  /** The most memory that it has had at once, in bytes (proc_pid_status(5), VmHWM). */
  public long peakMemory() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid() + "/status"))) {
      String peak = lines.filter(line -> line.startsWith("VmHWM:")).findFirst().orElseThrow();
      return Long.parseLong(peak.replaceAll("[^0-9]", "")) * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is left on the heap after a garbage collection, in bytes. */
  public long liveHeap() {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    try (ChildProcess collection =
        ChildProcess.start(
            "jcmd",
            List.of(jcmd.toString(), Long.toString(pid()), "GC.run"),
            Map.of(),
            process.log().resolveSibling("jcmd.log"))) {
      collection.waitFor(Duration.ofSeconds(30));
    }
    return (long)
        get("/metrics")
            .lines()
            .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
            .mapToDouble(line -> Double.parseDouble(line.replaceFirst(".* ", "")))
            .sum();
  }

  @Override
  public void close() {
    process.close();
    http.close();
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
