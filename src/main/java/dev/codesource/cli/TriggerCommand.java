package dev.codesource.cli;

import picocli.CommandLine.Command;

/** The commands about triggers. */
@Command(
    description = "Triggers: which repositories are watched, and what is built of them.",
    subcommands = {
      TriggerListCommand.class,
      TriggerCreateCommand.class,
      TriggerExplainCommand.class
    })
final class TriggerCommand extends PluginCommand {

  @Override
  Exit run() {
    throw Failure.usage("Say which command: %s trigger --help shows them.".formatted(Plugin.NAME));
  }
}
