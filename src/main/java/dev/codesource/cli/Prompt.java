package dev.codesource.cli;

import java.io.Console;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks the person at the terminal. */
interface Prompt {

  /** The answer without white space around it; empty: nobody can be asked, or nothing was typed. */
  Optional<String> ask(String question);

  /** As {@link #ask}; what is typed is not shown. */
  Optional<String> askSecret(String question);

  /**
   * As {@link #ask}; the command line is not complete if there is no answer.
   *
   * @param option what could have been given instead
   */
  default String given(String option, String question) {
    return ask(question).orElseThrow(() -> Failure.usage("Give %s.".formatted(option)));
  }

  /** Whether somebody can be asked. */
  boolean isPossible();

  /** Whether programs that this process starts can ask the same person, by its own input. */
  boolean isOfProcess();

  /** The terminal of the process, if input and output are one. */
  static Prompt ofProcess() {
    return Optional.ofNullable(System.console())
        .filter(Console::isTerminal)
        .<Prompt>map(Person::new)
        .orElseGet(Nobody::new);
  }

  /** Nobody can be asked: the input or the output is not a terminal. */
  record Nobody() implements Prompt {
    @Override
    public Optional<String> ask(String question) {
      return Optional.empty();
    }

    @Override
    public Optional<String> askSecret(String question) {
      return Optional.empty();
    }

    @Override
    public boolean isPossible() {
      return false;
    }

    @Override
    public boolean isOfProcess() {
      return false;
    }
  }

  /** Somebody at a terminal. */
  record Person(Console console) implements Prompt {
    @Override
    public Optional<String> ask(String question) {
      return typed(console.readLine("%s: ", question));
    }

    @Override
    public Optional<String> askSecret(String question) {
      char[] typed = console.readPassword("%s: ", question);
      return typed == null ? Optional.empty() : typed(new String(typed));
    }

    @Override
    public boolean isPossible() {
      return true;
    }

    @Override
    public boolean isOfProcess() {
      return true;
    }

    private static Optional<String> typed(@Nullable String line) {
      return Optional.ofNullable(line).map(String::strip).filter(text -> !text.isEmpty());
    }
  }
}
