package dev.codesource.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All that a node could leave on the machine, outside of its own folder. */
final class Machine {

  /** Where the programs of a node write whatever they are told. */
  private static final List<String> FOLDERS =
      List.of("/run/netns", "/var/lib", "/var/log", "/opt", "/etc", "/usr/libexec", "/run");

  /** What the kubelet sets for the whole machine. */
  private static final List<String> SYSCTLS =
      List.of("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops");

  private Machine() {}

  static Map<String, List<String>> state() {
    try {
      Map<String, List<String>> state = new TreeMap<>();
      state.put("mounts", mountsOfNodes());
      state.put("interfaces", names(Path.of("/sys/class/net")));
      for (String folder : FOLDERS) {
        state.put(folder, names(Path.of(folder)));
      }
      try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
        for (Path hierarchy : hierarchies.filter(Files::isDirectory).toList()) {
          state.put(
              hierarchy.toString(),
              names(hierarchy).stream().filter(name -> name.matches(".*(node|kube).*")).toList());
        }
      }
      for (String sysctl : SYSCTLS) {
        state.put(sysctl, Files.readAllLines(Path.of("/proc/sys", sysctl)));
      }
      return state;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The processes whose command names a node's folder. */
  static List<String> processesOf(Path folder) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(command -> command.contains(folder.toString()))
        .toList();
  }

  private static List<String> mountsOfNodes() throws IOException {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
      return mounts.filter(mount -> mount.matches(".*(codesource|kubelet|/cni|netns).*")).toList();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return List.of("(none)");
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          // The lock of the nodes stays, as locks do.
          .filter(name -> !name.equals("codesource-node.lock"))
          .sorted()
          .toList();
    }
  }
}
