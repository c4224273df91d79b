package dev.codesource.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A program that answers as kubectl does, and notes what it was asked; and runs of the plug-in. */
final class ScriptedKubectl {

  private static final Path SCRIPT = Path.of("src/test/kubectl/scripted").toAbsolutePath();

  private final Path folder;
  private final Deque<String> typed = new ArrayDeque<>();
  private String input = "";
  private int rules;

  /**
   * @param folder an empty one
   */
  ScriptedKubectl(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder.resolve("calls"));
      Files.createDirectories(folder.resolve("rules"));
      Files.copy(SCRIPT, folder.resolve("kubectl"), StandardCopyOption.COPY_ATTRIBUTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One call. */
  record Call(List<String> arguments, String input) {}

  /** What a run of the plug-in left. */
  record Run(int exit, String out, String err) {}

  /**
   * Answers commands.
   *
   * @param when an extended regular expression of grep for the arguments
   */
  ScriptedKubectl answer(String when, String out) {
    return rule(when, out, "", 0);
  }

  /** As {@link #answer}, to the next of these commands only. */
  ScriptedKubectl answerOnce(String when, String out) {
    rule(when, out, "", 0);
    return mark("once");
  }

  /** As {@link #answer}; the program goes on after that, as one that watches. */
  ScriptedKubectl answerLasting(String when, String out) {
    rule(when, out, "", 0);
    return mark("lasting");
  }

  /**
   * As {@link #answer}; a program that this one started goes on, with the same errors, for a
   * minute.
   */
  ScriptedKubectl answerLeavingErrorsOpen(String when, String out) {
    rule(when, out, "", 0);
    return mark("errors");
  }

  /** As {@link #answerLasting}; it is a program that this one started that goes on. */
  ScriptedKubectl answerLastingByAnother(String when, String out) {
    rule(when, out, "", 0);
    return mark("another");
  }

  /** Never reads its input, and goes on for a minute. */
  ScriptedKubectl ignoreInput() {
    try {
      Files.writeString(folder.resolve("deaf"), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** As {@link #answer}, with something on the errors. */
  ScriptedKubectl warn(String when, String out, String err) {
    return rule(when, out, err, 0);
  }

  ScriptedKubectl fail(String when, String err) {
    return rule(when, "", err, 1);
  }

  ScriptedKubectl failOnce(String when, String err) {
    rule(when, "", err, 1);
    return mark("once");
  }

  private ScriptedKubectl rule(String when, String out, String err, int exit) {
    rules++;
    write("when", when + "\n");
    write("out", out);
    write("err", err);
    write("exit", Integer.toString(exit));
    return this;
  }

  private ScriptedKubectl mark(String name) {
    write(name, "");
    return this;
  }

  private void write(String name, String text) {
    try {
      Path rule = Files.createDirectories(folder.resolve("rules/%03d".formatted(rules)));
      Files.writeString(rule.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Somebody sits at the terminal and types these lines when asked. */
  ScriptedKubectl typing(String... lines) {
    typed.addAll(List.of(lines));
    return this;
  }

  /** What the plug-in can read from its input. */
  ScriptedKubectl input(String text) {
    input = text;
    return this;
  }

  /** The calls so far, in their order. */
  List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    try {
      for (Path file; Files.exists(file = call(calls.size(), "args")); ) {
        calls.add(
            new Call(Files.readAllLines(file), Files.readString(call(calls.size(), "input"))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return calls;
  }

  /** The arguments of the calls, each in one line. */
  List<String> commands() {
    return calls().stream().map(call -> String.join(" ", call.arguments())).toList();
  }

  private Path call(int number, String part) {
    return folder.resolve("calls/" + number + "." + part);
  }

  Path program() {
    return folder.resolve("kubectl");
  }

  /** Runs the plug-in. */
  Run run(String... arguments) {
    return runWith(program().toString(), arguments);
  }

  /** Runs the plug-in with another program as kubectl. */
  Run runWith(String program, String... arguments) {
    return runIn(Map.of("KUBECTL", program), arguments);
  }

  /** Runs the plug-in with variables; without {@code KUBECTL} among them it is this one. */
  Run runIn(Map<String, String> variables, String... arguments) {
    Map<String, String> environment = new HashMap<>(variables);
    environment.putIfAbsent("KUBECTL", program().toString());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            typed.isEmpty() ? new Prompt.Nobody() : new Typist(typed, err));
    int exit = Main.run(terminal, environment, arguments);
    return new Run(exit, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** Types what was prepared. */
  private record Typist(Deque<String> lines, ByteArrayOutputStream shown) implements Prompt {
    @Override
    public Optional<String> ask(String question) {
      shown.writeBytes((question + ": \n").getBytes(UTF_8));
      return Optional.ofNullable(lines.poll());
    }

    @Override
    public Optional<String> askSecret(String question) {
      return ask(question);
    }

    @Override
    public boolean isPossible() {
      return true;
    }

    /** The input of this JVM is not the typist's: a program that reads it may wait for ever. */
    @Override
    public boolean isOfProcess() {
      return false;
    }
  }
}
