package dev.codesource.keycloak;

import dev.codesource.cluster.ChildProcess;
import dev.codesource.cluster.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Keycloak on loopback, with the realm of {@code keycloak/realm.json}. */
final class Keycloak implements AutoCloseable {

  /** The first start builds Keycloak for its settings; on a loaded machine that takes minutes. */
  private static final Duration READY_WITHIN = Duration.ofMinutes(8);

  /** The name and the password of who may change realms. */
  static final String ADMINISTRATOR = "administrator";

  private final ChildProcess process;
  private final URI realm;

  private Keycloak(ChildProcess process, URI realm) {
    this.process = process;
    this.realm = realm;
  }

  /**
   * Starts Keycloak and waits until its realm answers.
   *
   * @param url where browsers find it
   */
  static Keycloak start(URI url) {
    // The first start builds into the folder that all test JVMs share.
    try (FileChannel file =
            FileChannel.open(
                Path.of("target", "keycloak.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      return startAlone(url);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Keycloak startAlone(URI url) {
    Path home = home();
    int port = FreePort.find();
    try {
      Path imports = Files.createDirectories(home.resolve("data/import"));
      Files.copy(
          Path.of("src/test/resources/keycloak/realm.json"),
          imports.resolve("codehost-realm.json"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command =
        List.of(
            home.resolve("bin/kc.sh").toAbsolutePath().toString(),
            "start-dev",
            "--http-host=127.0.0.1",
            "--http-port=" + port,
            "--hostname=" + url,
            "--db=dev-mem",
            "--import-realm");
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            System.getProperty("java.home"),
            "JAVA_OPTS_KC_HEAP",
            "-Xmx512m",
            "KC_BOOTSTRAP_ADMIN_USERNAME",
            ADMINISTRATOR,
            "KC_BOOTSTRAP_ADMIN_PASSWORD",
            ADMINISTRATOR);
    ChildProcess process =
        ChildProcess.start(
            "keycloak", command, environment, Path.of("target", "keycloak-" + port + ".log"));
    Keycloak keycloak =
        new Keycloak(process, URI.create("http://127.0.0.1:" + port + "/realms/codehost"));
    keycloak.awaitReady();
    return keycloak;
  }

  /** Where the realm is, from this machine. */
  URI realm() {
    return realm;
  }

  private void awaitReady() {
    System.out.println("Keycloak starts; the first time it takes about a minute.");
    Instant end = Instant.now().plus(READY_WITHIN);
    while (!answers()) {
      if (!process.isAlive() || Instant.now().isAfter(end)) {
        process.close();
        throw new IllegalStateException(
            "Keycloak is not ready:\n" + String.join("\n", process.output()));
      }
      try {
        Thread.sleep(200);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private boolean answers() {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
                  HttpRequest.newBuilder(realm).build(), HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What the build unpacked before the integration tests. */
  private static Path home() {
    Path unpacked = Path.of("target", "keycloak");
    try (Stream<Path> folders = Files.list(unpacked)) {
      return folders.filter(Files::isDirectory).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException(
          unpacked + " is missing: mvn verify unpacks it before the integration tests", e);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
