package dev.codesource.cli;

import picocli.CommandLine.Command;

/** Stops a binding or a trigger. */
@Command(
    description = {
      "Stop verifying a binding, or noticing pushes of a trigger.",
      "What is published stays as it is."
    })
final class SuspendCommand extends SuspensionCommand {

  SuspendCommand() {
    super(true, "is suspended.");
  }
}
