package dev.codesource.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel counts for the operator's container on a node of this machine, in bytes. Of a
 * limit that is met it takes back cached files first, and then it kills.
 */
final class PodCgroup {

  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  private final Path folder;
  private final boolean second;

  private PodCgroup(Path folder, boolean second) {
    this.folder = folder;
    this.second = second;
  }

  /** Of the only operator in a pod of this machine. */
  static PodCgroup find() {
    long pid =
        ProcessHandle.allProcesses()
            .filter(
                process ->
                    process
                        .info()
                        .commandLine()
                        .orElse("")
                        .startsWith("/jre/bin/java @java.options"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no operator runs in a pod"))
            .pid();
    // Lines of "number:controllers:path" (cgroups(7)); version 2 has no controllers there.
    List<String> lines = read(Path.of("/proc", Long.toString(pid), "cgroup"));
    for (String line : lines) {
      String[] fields = line.split(":", 3);
      if (fields[1].equals("memory")) {
        return new PodCgroup(ROOT.resolve("memory" + fields[2]), false);
      }
    }
    return new PodCgroup(ROOT.resolve(lines.getFirst().split(":", 3)[2].substring(1)), true);
  }

  long limit() {
    return number(second ? "memory.max" : "memory.limit_in_bytes");
  }

  /** The most that it has been, with cached files. */
  long peak() {
    return number(second ? "memory.peak" : "memory.max_usage_in_bytes");
  }

  /** What cannot be taken back: the process' own memory. */
  long anonymous() {
    return field("memory.stat", second ? "anon" : "total_rss");
  }

  /** How many processes were killed for want of memory. */
  long killed() {
    return field(second ? "memory.events" : "memory.oom_control", "oom_kill");
  }

  private long number(String file) {
    return Long.parseLong(read(folder.resolve(file)).getFirst());
  }

  private long field(String file, String name) {
    return read(folder.resolve(file)).stream()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(file + " does not tell " + name));
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
