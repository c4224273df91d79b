package dev.codesource.cli;

import picocli.CommandLine.Command;

/** Has a binding or a trigger go on. */
@Command(description = "Go on with a suspended binding or trigger.")
final class ResumeCommand extends SuspensionCommand {

  ResumeCommand() {
    super(false, "is no longer suspended.");
  }
}
