package dev.codesource.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that ends when this JVM does, however that happens.
 *
 * <p>Shutdown hooks do not run on SIGKILL, so the child is started by a small shell that holds the
 * reading end of a pipe from this JVM. When the pipe closes, because {@link #close} was called or
 * because the kernel closed it for a dead JVM, the shell ends the child's whole process group and
 * deletes its scratch folder. Both ways run the same lines.
 */
public final class ChildProcess implements AutoCloseable {
  /** Arguments: log, scratch folder ("" for none), grace in seconds, then the command. */
  private static final String WATCHDOG =
      """
      log=$1 scratch=$2 grace=$3; shift 3
      trap : INT QUIT HUP   # Ctrl-C reaches the whole terminal group; the JVM decides what ends
      set -m                # the child leads a process group of its own
      exec 3<&0 </dev/null
      "$@" >>"$log" 2>&1 3<&- &
      child=$!
      trap 'kill -TERM -- "-$child"' TERM
      echo "$child"
      exec >/dev/null 2>&1 # with job control, bash tells how each job ended
      (
        while read -r _ <&3; do :; done
        trap '' TERM
        kill -TERM -- "-$child"
        for ((tenth = grace * 10; tenth > 0; tenth--)); do
          kill -0 -- "-$child" || break
          sleep 0.1
        done
        for ((tenth = 50; tenth > 0; tenth--)); do
          kill -KILL -- "-$child" || break
          sleep 0.1
        done
        [ -z "$scratch" ] || rm -rf -- "$scratch"
      ) &
      guard=$!
      # wait returns at once while the child is stopped (SIGSTOP)
      while kill -0 "$child"; do wait "$child"; kill -0 "$child" && sleep 0.1; done
      wait "$child"; code=$?
      kill "$guard"
      wait "$guard"
      exit "$code"
      """;

  private static final Duration GRACE = Duration.ofSeconds(5);

  private final String name;
  private final Process watchdog;
  private final ProcessHandle child;
  private final Path log;
  private final Duration grace;

  private ChildProcess(
      String name, Process watchdog, ProcessHandle child, Path log, Duration grace) {
    this.name = name;
    this.watchdog = watchdog;
    this.child = child;
    this.log = log;
    this.grace = grace;
  }

  /** Starts a command; the environment given is added to this JVM's. */
  public static ChildProcess start(
      String name, List<String> command, Map<String, String> environment, Path log) {
    return start(name, command, environment, log, GRACE);
  }

  /** As above, with another time than five seconds between SIGTERM and SIGKILL. */
  static ChildProcess start(
      String name,
      List<String> command,
      Map<String, String> environment,
      Path log,
      Duration grace) {
    return start(name, command, environment, log, "", grace);
  }

  /**
   * As above; closing, and losing this JVM, ends the process at once and deletes the folder: what
   * it could still save would be thrown away.
   */
  public static ChildProcess startWithScratch(
      String name, List<String> command, Map<String, String> environment, Path log, Path scratch) {
    return start(
        name, command, environment, log, scratch.toAbsolutePath().toString(), Duration.ZERO);
  }

  private static ChildProcess start(
      String name,
      List<String> command,
      Map<String, String> environment,
      Path log,
      String scratch,
      Duration grace) {
    List<String> guarded =
        new ArrayList<>(
            List.of(
                "bash",
                "-c",
                WATCHDOG,
                "watchdog-of-" + name,
                log.toAbsolutePath().toString(),
                scratch,
                Long.toString(grace.toSeconds())));
    guarded.addAll(command);
    var builder = new ProcessBuilder(guarded).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      Process watchdog = builder.start();
      return new ChildProcess(name, watchdog, childOf(watchdog), log, grace);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ProcessHandle childOf(Process watchdog) throws IOException {
    try (BufferedReader firstLine = watchdog.inputReader()) {
      String pid = firstLine.readLine();
      if (pid == null) {
        throw new IOException("bash did not start");
      }
      // A child that has ended already has no handle any more; its watchdog stands for it.
      return ProcessHandle.of(Long.parseLong(pid)).orElse(watchdog.toHandle());
    }
  }

  public long pid() {
    return child.pid();
  }

  /** The shell that ends the child with this JVM. */
  long watchdogPid() {
    return watchdog.pid();
  }

  public boolean isAlive() {
    return watchdog.isAlive();
  }

  /** SIGTERM; does not wait. */
  public void kill() {
    child.destroy();
  }

  /** SIGKILL; does not wait. */
  public void killHard() {
    child.destroyForcibly();
  }

  /** SIGSTOP: it keeps its connections and answers nobody, until {@link #resume}. */
  void pause() {
    signal("STOP");
  }

  /** SIGCONT. */
  void resume() {
    signal("CONT");
  }

  private void signal(String signal) {
    CommandResult.of(List.of("sh", "-c", "kill -%s %d".formatted(signal, pid())), Map.of(), "")
        .orFail();
  }

  /** The exit code, 128 + signal after a signal. */
  public int waitFor(Duration atMost) {
    try {
      if (!watchdog.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(name + " still runs after " + atMost + tailOfLog());
      }
      return watchdog.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + name, e);
    }
  }

  /** Standard output and standard error, as they came. */
  public Path log() {
    return log;
  }

  public List<String> output() {
    try {
      // Bytes, not characters: a line may be cut in the middle of one while it is written.
      return Files.exists(log)
          ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What to add to the message of a failure. */
  String tailOfLog() {
    List<String> lines = output();
    return "\n--- end of the log of "
        + name
        + " ("
        + log
        + ")\n"
        + String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  /** Ends the child and all it started: SIGTERM, and after its grace SIGKILL. */
  @Override
  public void close() {
    try {
      watchdog.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    waitFor(grace.plusSeconds(10));
  }
}
