package dev.codesource.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Has a binding verified now. */
@Command(
    description = {
      "Verify a binding now, and say what was found.",
      "The code is 0 only if the access is proven and the host answers."
    })
final class CheckCommand extends PluginCommand {

  @Parameters(paramLabel = "BINDING", description = "The name of the binding.")
  private String name = "";

  @Mixin private final Waiting waiting = new Waiting("2m");

  @Override
  Exit run() {
    Names.check(name);
    return new Verification(kubectl(), terminal(), name, waiting.timeout()).again();
  }
}
