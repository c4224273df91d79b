package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.BindingStatus;
import dev.codesource.reason.ConditionType;
import java.util.Optional;

/**
 * The state of a binding or a trigger.
 *
 * @param word its phase, or what is more than that
 * @param reason the reason of {@code Ready}; empty: there is none yet
 * @param message what {@code Ready} says; empty: nothing yet
 */
record State(String word, String reason, String message) {

  /** Of an object that the operator has not looked at. */
  static final String UNSEEN = "Not looked at yet";

  static State of(JsonNode object) {
    JsonNode ready = Json.condition(object, ConditionType.Ready);
    return new State(word(object), Json.text(ready, "reason"), Json.text(ready, "message"));
  }

  private static String word(JsonNode object) {
    if (!Json.text(object, "metadata", "deletionTimestamp").isEmpty()) {
      return "Deleting";
    }
    String phase = Json.text(object, "status", "phase");
    if (phase.isEmpty() || Json.at(object, "status", "observedGeneration").asLong(-1) < 0) {
      return UNSEEN;
    }
    JsonNode reachable = Json.condition(object, ConditionType.Reachable);
    return phase.equals(BindingStatus.Phase.Bound.name())
            && Json.text(reachable, "status").equals("False")
        ? "Bound, host not answering"
        : phase;
  }

  /** Whether the operator has looked at what is written now. */
  static boolean isCurrent(JsonNode object) {
    return Json.at(object, "status", "observedGeneration").asLong(-1)
        == Json.at(object, "metadata", "generation").asLong();
  }

  /** All of it, in one line. */
  String sentence() {
    return why().map(why -> word + " (" + why + ")").orElse(word)
        + (message.isEmpty() ? "" : ": " + Visible.line(message));
  }

  /** The reason where it says more than the word. */
  Optional<String> why() {
    return Optional.of(reason).filter(name -> !name.isEmpty() && !name.equals(word));
  }
}
