package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.BindingStatus.Phase;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells where a person authorizes a binding, and waits until they have. */
@Command(
    description = {
      "Authorize a binding by OAuth.",
      "It shows the page to open, or the code to enter, and waits until that is done."
    })
final class AuthorizeCommand extends PluginCommand {

  @Parameters(paramLabel = "BINDING", description = "The name of the binding.")
  private String name = "";

  @Mixin private final Waiting waiting = new Waiting("10m");

  @Override
  Exit run() {
    Names.check(name);
    Kubectl kubectl = kubectl();
    Verification verification = new Verification(kubectl, terminal(), name, waiting.timeout());
    JsonNode binding = kubectl.read(List.of("get", Resources.BINDINGS, name));
    if (Json.at(binding, "spec", "oauth").isMissingNode()) {
      throw Failure.failed(
          "The binding %s has a token and is not authorized by OAuth. Replace the token: %s rotate %s"
              .formatted(name, Plugin.NAME, name));
    }
    if (!Verification.phase(binding).equals(Phase.AwaitingAuthorization.name())) {
      return Verification.tell(terminal(), binding);
    }
    Verification.tell(terminal(), binding);
    terminal()
        .say(
            "Log on as %s: any other account is refused."
                .formatted(Json.text(binding, "spec", "username")));
    return verification.authorized();
  }
}
