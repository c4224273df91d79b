package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.TriggerStatus.Phase;
import dev.codesource.reason.ConditionType;
import java.time.Duration;
import java.util.Optional;

/** Waits until a trigger notices pushes, and tells the user whether they can be built. */
final class Watching {

  /** The operator says it right after it has looked at the repository. */
  private static final Duration FOR_BUILDER = Duration.ofSeconds(15);

  private final Kubectl kubectl;
  private final Terminal terminal;
  private final String name;
  private final Duration timeout;

  Watching(Kubectl kubectl, Terminal terminal, String name, Duration timeout) {
    this.kubectl = kubectl;
    this.terminal = terminal;
    this.name = name;
    this.timeout = timeout;
  }

  /**
   * Waits for what the operator finds about the trigger as it is written now.
   *
   * @param builds whether something in the cluster builds
   */
  Exit first(boolean builds) {
    Progress told = new Progress(terminal);
    JsonNode trigger =
        kubectl
            .await(Resources.TRIGGERS, name, timeout, each -> isDecided(each, told))
            .orElseThrow(
                () ->
                    Failure.timeout(
                        "There is no answer about %s in %d s%s. See: kubectl describe cst %s"
                            .formatted(name, timeout.toSeconds(), told.last(), name)));
    State state = State.of(trigger);
    terminal.print(state.sentence());
    if (!state.word().equals(Phase.Active.name())) {
      return Exit.FAILED;
    }
    return builds ? builder(trigger) : Exit.DONE;
  }

  private static boolean isDecided(JsonNode trigger, Progress told) {
    String phase = Json.text(trigger, "status", "phase");
    if (State.isCurrent(trigger) && !phase.isEmpty() && !phase.equals(Phase.Pending.name())) {
      return true;
    }
    told.tell(trigger);
    return false;
  }

  private Exit builder(JsonNode trigger) {
    Optional<JsonNode> known =
        ready(trigger).isObject()
            ? Optional.of(trigger)
            : kubectl.await(Resources.TRIGGERS, name, FOR_BUILDER, each -> ready(each).isObject());
    if (known.isEmpty()) {
      terminal.say(
          "Whether it can be built is not known yet. See: kubectl describe cst %s".formatted(name));
      return Exit.DONE;
    }
    JsonNode ready = ready(known.get());
    if (!Json.text(ready, "status").equals("False")) {
      return Exit.DONE;
    }
    terminal.print(
        "It cannot be built yet (%s): %s"
            .formatted(Json.text(ready, "reason"), Visible.line(Json.text(ready, "message"))));
    return Exit.FAILED;
  }

  private static JsonNode ready(JsonNode trigger) {
    return Json.condition(trigger, ConditionType.BuilderReady);
  }
}
