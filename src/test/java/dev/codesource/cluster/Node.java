package dev.codesource.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A cluster with one real node, whose pods run: what {@code src/test/cluster/node} starts, in
 * namespaces of its own. It ends with this JVM, and leaves nothing on the machine.
 */
public final class Node implements ApiServer {

  /** The address at which the tests' servers listen for pods; there while a node is. */
  public static final String HOST = "192.168.77.2";

  private static final Path SCRIPT = Path.of("src/test/cluster/node");

  /** With the time of another node, which it waits for, and of building programs. */
  private static final Duration START = Duration.ofMinutes(30);

  /** For the namespaces, cgroups and files that the script removes. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final ChildProcess process;
  private final Path folder;

  private Node(ChildProcess process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /** Why no node can be started here; empty where one can. */
  public static Optional<String> missing() {
    CommandResult check = script("check");
    return check.succeeded() ? Optional.empty() : Optional.of(check.stdout().strip());
  }

  /**
   * Starts a node; waits for the end of another one of the machine.
   *
   * @param logs where the logs stay; they are the only thing that does
   */
  static Node start(Path logs) {
    try {
      Path folder = Files.createTempDirectory("codesource-node");
      Node node =
          new Node(
              ChildProcess.start(
                  "node",
                  List.of(
                      SCRIPT.toAbsolutePath().toString(),
                      "start",
                      folder.toString(),
                      logs.toString()),
                  Map.of(),
                  logs.resolve("node.log"),
                  GRACE),
              folder);
      node.awaitReady();
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() {
    long deadline = System.nanoTime() + START.toNanos();
    while (Files.notExists(folder.resolve("ready"))) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.close();
        throw new IllegalStateException("there is no node" + process.tailOfLog());
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.close();
        throw new IllegalStateException("interrupted while a node started", e);
      }
    }
    System.err.println(process.output().getLast());
  }

  /** Makes the image in an OCI archive known to the node. */
  public void load(Path archive) {
    script("import", folder.toString(), archive.toAbsolutePath().toString()).orFail();
  }

  /**
   * Pushes an image that was loaded.
   *
   * @param image as the kubelet spells it
   * @param target in a registry that the machine reaches over http
   */
  public void push(String image, String target) {
    containerd("tag", image, target);
    containerd("push", "--plain-http", target);
  }

  private void containerd(String... command) {
    exec(Stream.concat(
                Stream.of(
                    "ctr",
                    "-a",
                    folder.resolve("run/containerd.sock").toString(),
                    "-n",
                    "k8s.io",
                    "images"),
                Stream.of(command))
            .toArray(String[]::new))
        .orFail();
  }

  /** Runs a command in the node's network, where pods are reached by their addresses. */
  public CommandResult exec(String... command) {
    return script(
        Stream.concat(Stream.of("exec", folder.toString()), Stream.of(command))
            .toArray(String[]::new));
  }

  /** Deleted when this node ends. */
  public Path folder() {
    return folder;
  }

  @Override
  public Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  @Override
  public void close() {
    process.close();
  }

  private static CommandResult script(String... arguments) {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toAbsolutePath().toString()));
    Stream.of(arguments).forEach(command::add);
    return CommandResult.of(command, Map.of(), "");
  }
}
