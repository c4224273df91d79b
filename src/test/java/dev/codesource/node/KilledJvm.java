package dev.codesource.node;

import dev.codesource.cluster.Cluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A JVM that starts a node and is killed. */
final class KilledJvm implements AutoCloseable {

  private final Process process;
  private final Path folder;

  private KilledJvm(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  static KilledJvm start() throws IOException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx128m",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                KilledJvm.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = process.inputReader()) {
      for (String line; (line = lines.readLine()) != null; ) {
        if (line.startsWith("/")) {
          return new KilledJvm(process, Path.of(line));
        }
      }
    }
    throw new AssertionError("the JVM ended before its node was up");
  }

  /** Of its node. */
  Path folder() {
    return folder;
  }

  /** SIGKILL. */
  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @SuppressWarnings("resource") // it is never closed: that is the point
  public static void main(String[] arguments) throws InterruptedException {
    System.out.println(Cluster.startWithNode().node().folder());
    Thread.sleep(Duration.ofMinutes(5));
  }
}
