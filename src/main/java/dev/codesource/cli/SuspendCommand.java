package dev.codesource.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stops a binding or a trigger. */
@Command(
    description = {
      "Stop verifying a binding, or noticing pushes of a trigger.",
      "What is published stays as it is."
    })
final class SuspendCommand extends PluginCommand {

  @Parameters(paramLabel = "NAME", description = "The name of the binding or trigger.")
  private String name = "";

  @Option(names = "--trigger", description = "It is a trigger.")
  private boolean trigger;

  @Override
  Exit run() {
    Names.check(name);
    String kind = trigger ? Resources.TRIGGERS : Resources.BINDINGS;
    kubectl().read(Change.merge(kind, name, Change.suspend(true)));
    terminal().print("%s is suspended.".formatted(name));
    return Exit.DONE;
  }
}
