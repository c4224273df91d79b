package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.BindingSpec.DeletionPolicy;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes a binding, after it has said what goes with it. */
@Command(description = "Delete a binding. It says first what goes with it, and asks.")
final class UnbindCommand extends PluginCommand {

  @Parameters(paramLabel = "BINDING", description = "The name of the binding.")
  private String name = "";

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Mixin private final Waiting waiting = new Waiting("2m");

  @Override
  Exit run() {
    Names.check(name);
    Kubectl kubectl = kubectl();
    JsonNode binding = kubectl.read(List.of("get", Resources.BINDINGS, name));
    List<String> users = users(kubectl, binding);
    users.forEach(terminal()::say);
    terminal().say(credential(binding));
    confirm(!users.isEmpty());
    terminal()
        .print(
            kubectl.text(
                List.of(
                    "delete",
                    Resources.BINDINGS,
                    name,
                    "--wait=true",
                    "--timeout=" + Math.max(1, waiting.timeout().toSeconds()) + "s")));
    return Exit.DONE;
  }

  private static List<String> users(Kubectl kubectl, JsonNode binding) {
    List<String> users = new ArrayList<>();
    Published.names(binding)
        .forEach(
            secret ->
                users.add(
                    "The Secret %s is deleted: whatever uses it loses its access."
                        .formatted(secret)));
    try {
      Json.elements(
              kubectl.read(
                  List.of(
                      "get",
                      Resources.TRIGGERS,
                      "--field-selector=spec.bindingRef.name=" + Json.name(binding))),
              "items")
          .forEach(
              trigger ->
                  users.add(
                      "The trigger %s notices no pushes and starts no builds any more."
                          .formatted(Json.name(trigger))));
    } catch (Failure failure) {
      users.add("It is not known whether triggers use it: " + failure.sentence());
    }
    return users;
  }

  private static String credential(JsonNode binding) {
    return Json.some(binding, "spec", "tokenSecretRef", "name")
        .map(
            secret ->
                "The token stays valid on the code host: revoke it there if nothing else uses it. The Secret %s is deleted if it was made with the binding, and stays otherwise."
                    .formatted(secret))
        .orElse(
            Json.text(binding, "spec", "deletionPolicy").equals(DeletionPolicy.Revoke.name())
                ? "The access that was granted is revoked on the code host."
                : "The access that was granted stays on the code host: revoke it there if nobody"
                    + " needs it.");
  }

  private void confirm(boolean isUsed) {
    if (yes) {
      return;
    }
    if (!terminal().prompt().isPossible()) {
      throw Failure.usage("Nobody can be asked here: give --yes.");
    }
    String wanted = isUsed ? name : "yes";
    String question =
        isUsed
            ? "Something uses this binding. Type its name to delete it"
            : "Delete it? Type yes to go on";
    if (!terminal().prompt().ask(question).orElse("").equals(wanted)) {
      throw Failure.failed("Nothing was deleted.");
    }
  }
}
