package dev.codesource.operator;

import dev.codesource.cluster.ChildProcess;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.FreePort;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The packaged console, running as its own process until it is closed. */
public final class ConsoleProcess implements AutoCloseable {

  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final Path LOGS = Path.of("target", "operator-logs");

  private final ChildProcess process;
  private final int port;
  private final int managementPort;
  private final HttpClient http = HttpClient.newHttpClient();

  private ConsoleProcess(ChildProcess process, int port, int managementPort) {
    this.process = process;
    this.port = port;
    this.managementPort = managementPort;
  }

  /** Starts a console for the cluster, and waits until it serves its login page. */
  public static ConsoleProcess start(Cluster cluster, Map<String, String> settings) {
    Config admin = cluster.admin().getConfiguration();
    return start(URI.create(admin.getMasterUrl()), authority(admin), settings);
  }

  /**
   * Starts a console, and waits until it serves its login page.
   *
   * @param authority a file with the certificate that signed the API server's
   * @param settings environment variables, as the chart sets them
   */
  public static ConsoleProcess start(URI apiServer, Path authority, Map<String, String> settings) {
    int port = FreePort.find();
    int managementPort = FreePort.find();
    Map<String, String> environment = new HashMap<>();
    environment.put("QUARKUS_PROFILE", "console");
    environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
    environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
    environment.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
    environment.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(managementPort));
    environment.put("CODESOURCE_CONSOLE_API_SERVER", apiServer.toString());
    environment.put("CODESOURCE_CONSOLE_API_SERVER_CA", authority.toAbsolutePath().toString());
    environment.putAll(settings);
    Path log = LOGS.resolve("console-" + port + ".log");
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // What the chart's pod has.
    JavaCommand java = JavaCommand.ofTheBuild().with("-Xmx102m");
    return new ConsoleProcess(
            ChildProcess.start("console", java.command(), environment, log), port, managementPort)
        .awaitReady();
  }

  private static Path authority(Config admin) {
    try {
      if (admin.getCaCertFile() != null) {
        return Path.of(admin.getCaCertFile());
      }
      String data = admin.getCaCertData();
      byte[] pem =
          data.startsWith("-----")
              ? data.getBytes(StandardCharsets.UTF_8)
              : Base64.getDecoder().decode(data);
      Files.createDirectories(LOGS);
      Path file = Files.createTempFile(LOGS, "api-server", ".crt");
      file.toFile().deleteOnExit();
      return Files.write(file, pem);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ConsoleProcess awaitReady() {
    Instant end = Instant.now().plus(READY_WITHIN);
    while (status("/login") != 200) {
      if (!process.isAlive() || Instant.now().isAfter(end)) {
        process.close();
        throw new IllegalStateException("the console is not ready:\n" + String.join("\n", log()));
      }
      pause();
    }
    return this;
  }

  /** The status of the answer to a stranger; 0 when there is none. */
  public int status(String path) {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The address of a page. */
  public String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  /** Of the pages. */
  public int port() {
    return port;
  }

  /** Of metrics and health. */
  public int managementPort() {
    return managementPort;
  }

  public Path logFile() {
    return process.log();
  }

  public List<String> log() {
    return process.output();
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Stops it as a kubelet does, and waits; its exit code. */
  public int end() {
    process.kill();
    return process.waitFor(READY_WITHIN);
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
