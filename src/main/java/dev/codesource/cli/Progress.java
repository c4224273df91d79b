package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** What a user is told while they wait for the operator: each thing once. */
final class Progress {

  private final Terminal terminal;
  private String last = "";

  Progress(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Tells the state of a binding or trigger, if it is another one than before. */
  void tell(JsonNode object) {
    State state = State.of(object);
    String now =
        state.word().equals(State.UNSEEN) || !State.isCurrent(object)
            ? "the operator has not looked at it yet"
            : state.why().map(why -> why + ": " + state.message()).orElse(state.word());
    if (!now.equals(last)) {
      terminal.say("Waiting: " + Visible.line(now));
      last = now;
    }
  }

  /** What was told last, to be put behind a sentence; empty: nothing was. */
  String last() {
    return last.isEmpty() ? "" : " (" + Visible.line(last) + ")";
  }
}
