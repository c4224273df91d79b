package dev.codesource.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.CharsetEncoder;

/**
 * Where the plug-in writes and reads. What was asked for goes to the output; what tells of progress
 * and failures goes to the errors. Nothing has colors.
 */
final class Terminal {

  private final PrintStream out;
  private final PrintStream err;
  private final InputStream in;
  private final Prompt prompt;

  Terminal(PrintStream out, PrintStream err, InputStream in, Prompt prompt) {
    this.out = out;
    this.err = err;
    this.in = in;
    this.prompt = prompt;
  }

  static Terminal ofProcess() {
    return new Terminal(System.out, System.err, System.in, Prompt.ofProcess());
  }

  /** A line of what was asked for. */
  void print(String line) {
    out.println(Visible.of(line));
  }

  /** A line about progress or a failure. */
  void say(String line) {
    err.println(Visible.of(line));
  }

  /** Text that others have formatted for this output, such as kubectl, as it is. */
  PrintStream output() {
    return out;
  }

  InputStream input() {
    return in;
  }

  Prompt prompt() {
    return prompt;
  }

  /** A mark, or what stands for it where the output cannot show it. */
  String mark(Mark mark) {
    CharsetEncoder encoder = out.charset().newEncoder();
    return encoder.canEncode(mark.symbol()) ? mark.symbol() : mark.plain();
  }
}
