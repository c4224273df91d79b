package dev.codesource.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A control plane ends with its JVM, even one that had no chance to clean up. */
@ExtendWith(ClusterExtension.class)
class LeftoversIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path logs;

  @Test
  void nothingOutlivesAJvmThatIsKilled(Cluster cluster) throws Exception {
    cluster.auditLog(); // asks for a cluster that is our own
    Process jvm = fork("wait");
    try {
      Started started = Started.of(jvm);
      assertThat(started.pids()).hasSize(6).allMatch(LeftoversIT::isAlive);
      assertThat(started.folder()).exists();

      jvm.destroyForcibly().waitFor();

      await().atMost(SOON).until(() -> started.pids().stream().noneMatch(LeftoversIT::isAlive));
      assertThat(started.folder()).doesNotExist();
      assertThat(logs.resolve("kube-apiserver.log")).isNotEmptyFile();
    } finally {
      jvm.destroyForcibly();
    }
  }

  @Test
  void nothingOutlivesAnOrderlyEnd(Cluster cluster) throws Exception {
    cluster.auditLog();
    Started started;
    try (var controlPlane = ControlPlane.start(new Binaries(System.getenv()), logs, client -> {})) {
      started = Started.of(controlPlane);
    }
    assertThat(started.pids()).noneMatch(LeftoversIT::isAlive);
    assertThat(started.folder()).doesNotExist();
  }

  @Test
  void aClosedClusterDoesNotKeepItsJvm(Cluster cluster) throws Exception {
    cluster.auditLog();
    Process jvm = fork("close");
    try {
      assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(jvm.exitValue()).isZero();
    } finally {
      jvm.destroyForcibly();
    }
  }

  private Process fork(String ending) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            Victim.class.getName(),
            logs.toString(),
            ending)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static boolean isAlive(long pid) {
    // One that ended but was not collected yet, by an init that does not care, has no program.
    return ProcessHandle.of(pid).flatMap(process -> process.info().command()).isPresent();
  }

  record Started(Path folder, List<Long> pids) {
    static Started of(ControlPlane controlPlane) {
      return new Started(
          controlPlane.folder(),
          controlPlane.processes().stream()
              .flatMap(process -> Stream.of(process.pid(), process.watchdogPid()))
              .toList());
    }

    /** Reads what {@link Victim} writes. */
    static Started of(Process jvm) throws IOException {
      List<Long> pids = new ArrayList<>();
      try (BufferedReader lines = jvm.inputReader()) {
        for (String line; (line = lines.readLine()) != null; ) {
          if (line.startsWith("/")) {
            return new Started(Path.of(line), pids);
          }
          pids.add(Long.parseLong(line));
        }
      }
      throw new AssertionError("the JVM ended before its control plane was up");
    }
  }

  /** The JVM that is killed, or that closes its cluster and is to end by itself. */
  static final class Victim {
    @SuppressWarnings("resource") // it is never closed: that is the point
    public static void main(String[] arguments) throws Exception {
      Path logs = Files.createDirectories(Path.of(arguments[0]));
      if (arguments[1].equals("close")) {
        Cluster.start().close();
        return;
      }
      ControlPlane controlPlane =
          ControlPlane.start(new Binaries(System.getenv()), logs, client -> {});
      Started started = Started.of(controlPlane);
      started.pids().forEach(System.out::println);
      System.out.println(started.folder());
      Thread.sleep(Duration.ofMinutes(5));
    }
  }
}
