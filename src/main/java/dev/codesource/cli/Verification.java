package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceBinding;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** Waits until the operator says whether the access of a binding is proven, and tells the user. */
final class Verification {

  private final Kubectl kubectl;
  private final Terminal terminal;
  private final String name;
  private final Duration timeout;

  Verification(Kubectl kubectl, Terminal terminal, String name, Duration timeout) {
    this.kubectl = kubectl;
    this.terminal = terminal;
    this.name = name;
    this.timeout = timeout;
  }

  /** Has the operator verify the binding now, and waits for what it finds. */
  Exit again() {
    String stamp = Stamp.now();
    JsonNode asked =
        kubectl.read(
            Change.merge(
                Resources.BINDINGS,
                name,
                Change.annotation(CodeSourceBinding.REQUESTED_AT, stamp)));
    if (Json.at(asked, "spec", "suspend").asBoolean()) {
      throw Failure.failed(
          "The binding %s is suspended: it is not verified. Go on with: %s resume %s"
              .formatted(name, Plugin.NAME, name));
    }
    return await(
        binding ->
            Json.text(binding, "status", "lastHandledRequestedAt").equals(stamp)
                && isDecided(binding));
  }

  /** Waits for what the operator finds about the binding as it is written now. */
  Exit first() {
    return await(Verification::isDecided);
  }

  /** As {@link #first}; that somebody has to authorize it is not the end. */
  Exit authorized() {
    return await(
        binding ->
            isDecided(binding) && !phase(binding).equals(Phase.AwaitingAuthorization.name()));
  }

  private Exit await(Predicate<JsonNode> wanted) {
    Progress told = new Progress(terminal);
    Optional<JsonNode> found =
        kubectl.await(
            Resources.BINDINGS,
            name,
            timeout,
            binding -> {
              if (wanted.test(binding)) {
                return true;
              }
              told.tell(binding);
              return false;
            });
    return found
        .map(binding -> tell(terminal, binding))
        .orElseThrow(
            () ->
                Failure.timeout(
                    "There is no answer about %s in %d s%s. See: %s get %s"
                        .formatted(name, timeout.toSeconds(), told.last(), Plugin.NAME, name)));
  }

  /** Prints what is known of a binding, and whether that is good. */
  static Exit tell(Terminal terminal, JsonNode binding) {
    State state = State.of(binding);
    terminal.print(state.sentence());
    authorization(terminal, binding);
    return state.word().equals(Phase.Bound.name()) ? Exit.DONE : Exit.FAILED;
  }

  private static void authorization(Terminal terminal, JsonNode binding) {
    if (!phase(binding).equals(Phase.AwaitingAuthorization.name())) {
      return;
    }
    JsonNode authorization = Json.at(binding, "status", "authorization");
    Json.some(authorization, "url").ifPresent(url -> terminal.print("Open " + url));
    Json.some(authorization, "userCode").ifPresent(code -> terminal.print("Enter " + code));
  }

  static String phase(JsonNode binding) {
    return Json.text(binding, "status", "phase");
  }

  /** Whether nothing changes without a person. */
  private static boolean isDecided(JsonNode binding) {
    return State.isCurrent(binding)
        && !phase(binding).isEmpty()
        && !phase(binding).equals(Phase.Pending.name());
  }
}
