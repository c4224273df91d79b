package dev.codesource.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * The program kubectl, by which everything is read and written: it knows the kubeconfig, logs in
 * and goes through proxies. It is started with a list of arguments, never through a shell, and no
 * secret is among them.
 */
final class Kubectl {

  /** What one answer may have, in bytes: 10 000 bindings have a quarter of it. */
  private static final long MOST_OUTPUT = 256L << 20;

  /** Beyond the time of a request: an exec plug-in may have the user log in first. */
  private static final Duration LOG_IN = Duration.ofMinutes(3);

  /** Longer than any build may take. */
  private static final Duration FOREVER = Duration.ofDays(7);

  private final Connection connection;
  private final Terminal terminal;
  private final Duration logIn;

  Kubectl(Connection connection, Terminal terminal) {
    this(connection, terminal, LOG_IN);
  }

  /**
   * @param logIn how much longer than a request a command may take
   */
  Kubectl(Connection connection, Terminal terminal, Duration logIn) {
    this.connection = connection;
    this.terminal = terminal;
    this.logIn = logIn;
  }

  /**
   * Which kubectl, and what all its commands get.
   *
   * @param program its path, or its name on the path
   * @param options such as {@code --context=x}
   * @param requestTimeout how long a request may take
   */
  record Connection(String program, List<String> options, Duration requestTimeout) {}

  /** The object that a command prints; it gets {@code --output=json}. */
  JsonNode read(List<String> arguments) {
    return read(arguments, new byte[0]);
  }

  /**
   * As {@link #read}.
   *
   * @param input what the command reads
   */
  JsonNode read(List<String> arguments, byte[] input) {
    List<String> all = new ArrayList<>(arguments);
    all.add("--output=json");
    return run(
        all,
        input,
        stdout -> {
          JsonNode tree = Json.TREES.readTree(stdout);
          return tree == null ? Json.TREES.missingNode() : tree;
        });
  }

  /** What the API server answers at a path. */
  JsonNode raw(String path) {
    return run(List.of("get", "--raw", path), new byte[0], Json.TREES::readTree);
  }

  /** The text that a command prints, without white space around it. */
  String text(List<String> arguments) {
    return text(arguments, new byte[0]);
  }

  String text(List<String> arguments, byte[] input) {
    return run(
        arguments,
        input,
        stdout -> new String(stdout.readAllBytes(), StandardCharsets.UTF_8).strip());
  }

  /** Has a command print to the output itself. */
  void show(List<String> arguments) {
    run(arguments, new byte[0], this::toOutput);
  }

  /** As {@link #show}, for as long as the command runs. */
  void follow(List<String> arguments) {
    run(arguments, Optional.empty(), new byte[0], this::toOutput);
  }

  private String toOutput(InputStream stdout) throws IOException {
    byte[] some = new byte[8192];
    for (int count; (count = stdout.read(some)) >= 0; ) {
      terminal.output().write(some, 0, count);
      // Whoever follows a log waits for each line.
      terminal.output().flush();
    }
    return "";
  }

  /**
   * Watches an object until it is as wanted.
   *
   * @param kind its resource
   * @param timeout how long
   * @return the object as it is then; empty: it was not in this time
   */
  Optional<JsonNode> await(String kind, String name, Duration timeout, Predicate<JsonNode> wanted) {
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (!left.isPositive()) {
        return Optional.empty();
      }
      // The API server ends a watch after some minutes.
      Optional<JsonNode> found = watch(kind, name, left, wanted);
      if (found.isPresent()) {
        return found;
      }
    }
  }

  private Optional<JsonNode> watch(
      String kind, String name, Duration most, Predicate<JsonNode> wanted) {
    Running watch =
        start(
            List.of("get", kind, name, "--watch", "--output=json"), Optional.empty(), new byte[0]);
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(
            watch::end, CompletableFuture.delayedExecutor(most.toMillis(), TimeUnit.MILLISECONDS));
    try (MappingIterator<JsonNode> objects =
        Json.TREES
            .readerFor(JsonNode.class)
            .readValues(new Limited(watch.process().getInputStream(), MOST_OUTPUT))) {
      while (objects.hasNextValue()) {
        JsonNode object = objects.nextValue();
        if (wanted.test(object)) {
          return Optional.of(object);
        }
      }
    } catch (IOException e) {
      // The watch was ended in the middle of an object, which is then read anew.
    } finally {
      end.cancel(false);
      watch.end();
    }
    int code = watch.exitCode();
    // 137: ended here. 0: by the API server.
    if (code != 0 && code != 137) {
      throw KubectlError.of(watch.said(), code);
    }
    return Optional.empty();
  }

  private interface Reader<T> {
    T read(InputStream stdout) throws IOException;
  }

  private <T> T run(List<String> arguments, byte[] input, Reader<T> reader) {
    return run(arguments, Optional.of(connection.requestTimeout()), input, reader);
  }

  /**
   * @param requestTimeout empty: for as long as it runs
   */
  private <T> T run(
      List<String> arguments, Optional<Duration> requestTimeout, byte[] input, Reader<T> reader) {
    Duration most = requestTimeout.map(logIn::plus).orElse(FOREVER);
    Running running = start(arguments, requestTimeout, input);
    AtomicBoolean isOver = new AtomicBoolean();
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(
            () -> {
              isOver.set(true);
              running.end();
            },
            CompletableFuture.delayedExecutor(most.toMillis(), TimeUnit.MILLISECONDS));
    try {
      Optional<T> answer = answer(running, reader);
      int code = running.exitCode();
      if (isOver.get()) {
        throw Failure.timeout("kubectl did not end in %s s.".formatted(most.toSeconds()));
      }
      if (code != 0) {
        throw KubectlError.of(running.said(), code);
      }
      if (answer.isEmpty()) {
        throw Failure.failed("kubectl printed what cannot be read.");
      }
      warn(running.said());
      return answer.get();
    } finally {
      end.cancel(false);
      running.end();
    }
  }

  /** Empty: it cannot be read. A failure of kubectl says more about that. */
  private static <T> Optional<T> answer(Running running, Reader<T> reader) {
    try (InputStream stdout = new Limited(running.process().getInputStream(), MOST_OUTPUT)) {
      return Optional.of(reader.read(stdout));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    } catch (IOException e) {
      running.end();
      return Optional.empty();
    }
  }

  /** Warnings of the API server. */
  private void warn(String said) {
    said.lines().filter(line -> line.startsWith("Warning: ")).forEach(terminal::say);
  }

  /** kubectl, while it runs. */
  private record Running(Process process, Errors errors) {

    int exitCode() {
      try {
        return process.waitFor();
      } catch (InterruptedException e) {
        end();
        Thread.currentThread().interrupt();
        throw new Failure(Exit.INTERRUPTED, "Interrupted.");
      }
    }

    /** Also of what kubectl started, such as a plug-in that logs in. */
    void end() {
      List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
      all.add(process.toHandle());
      all.forEach(ProcessHandle::destroyForcibly);
    }

    String said() {
      return errors.said();
    }
  }

  /**
   * @param requestTimeout empty: for as long as it runs
   */
  private Running start(List<String> arguments, Optional<Duration> requestTimeout, byte[] input) {
    List<String> command = new ArrayList<>();
    command.add(connection.program());
    command.addAll(arguments);
    command.addAll(connection.options());
    requestTimeout.ifPresent(
        most -> command.add("--request-timeout=" + Math.max(1, most.toSeconds()) + "s"));
    ProcessBuilder builder = new ProcessBuilder(command);
    if (input.length == 0) {
      // An exec plug-in may ask for a password.
      builder.redirectInput(
          terminal.prompt().isOfProcess()
              ? Redirect.INHERIT
              : Redirect.from(new java.io.File("/dev/null")));
    }
    try {
      Process process = builder.start();
      Running running = new Running(process, new Errors(process.getErrorStream()));
      if (input.length > 0) {
        // What a pipe does not hold waits for kubectl to read it.
        Thread.ofPlatform().daemon().start(() -> write(process, input));
      }
      return running;
    } catch (IOException e) {
      throw Failure.failed(
          "The program %s cannot be started. Put kubectl on the PATH, or set the variable KUBECTL to its path."
              .formatted(connection.program()));
    }
  }

  private static void write(Process process, byte[] input) {
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException endedWithoutReading) {
      // Its exit code and its errors say why.
    }
  }
}
