package dev.codesource.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** A node ends with its JVM, even one that had no chance to clean up, and leaves nothing behind. */
@EnabledIfEnvironmentVariable(named = "CODESOURCE_NODE", matches = "1")
class NodeLeftoversIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** What the kubelet sets for the whole machine. */
  private static final List<String> SYSCTLS =
      List.of("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops");

  @TempDir Path logs;

  @Test
  void nothingOfANodeOutlivesAJvmThatIsKilled() throws Exception {
    Node.missing().ifPresent(why -> Assumptions.abort("No node can be started here: " + why));
    Map<String, List<String>> before = machine();
    Process jvm =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                logs.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      Path folder = folderOf(jvm);
      assertThat(processesOf(folder)).as("kubelet and others").hasSizeGreaterThan(8);
      assertThat(machine()).isNotEqualTo(before);

      jvm.destroyForcibly().waitFor();

      await().atMost(SOON).untilAsserted(() -> assertThat(folder).doesNotExist());
      assertThat(processesOf(folder)).isEmpty();
      assertThat(machine()).isEqualTo(before);
    } finally {
      jvm.destroyForcibly();
    }
  }

  private static Path folderOf(Process jvm) throws IOException {
    try (BufferedReader lines = jvm.inputReader()) {
      for (String line; (line = lines.readLine()) != null; ) {
        if (line.startsWith("/")) {
          return Path.of(line);
        }
      }
    }
    throw new AssertionError("the JVM ended before its node was up");
  }

  private static List<String> processesOf(Path folder) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(command -> command.contains(folder.toString()))
        .toList();
  }

  /** All that a node could leave outside of its own folder. */
  private static Map<String, List<String>> machine() throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    found.put("mounts", Files.readAllLines(Path.of("/proc/self/mounts")));
    found.put("interfaces", names(Path.of("/sys/class/net")));
    for (String folder : List.of("/run/netns", "/var/lib", "/var/log", "/opt", "/etc", "/run")) {
      found.put(folder, names(Path.of(folder)));
    }
    try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
      for (Path hierarchy : hierarchies.filter(Files::isDirectory).toList()) {
        found.put(
            hierarchy.toString(),
            names(hierarchy).stream().filter(name -> name.matches(".*(node|kube|pod).*")).toList());
      }
    }
    for (String sysctl : SYSCTLS) {
      found.put(sysctl, Files.readAllLines(Path.of("/proc/sys", sysctl)));
    }
    return found;
  }

  private static List<String> names(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return List.of("(none)");
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** The JVM that is killed. */
  static final class Victim {
    @SuppressWarnings("resource") // it is never closed: that is the point
    public static void main(String[] arguments) throws Exception {
      Node node = Node.start(Path.of(arguments[0]));
      System.out.println(node.folder());
      Thread.sleep(Duration.ofMinutes(5));
    }
  }
}
