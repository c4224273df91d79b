package dev.codesource.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a binding or a trigger go on. */
@Command(description = "Go on with a suspended binding or trigger.")
final class ResumeCommand extends PluginCommand {

  @Parameters(paramLabel = "NAME", description = "The name of the binding or trigger.")
  private String name = "";

  @Option(names = "--trigger", description = "It is a trigger.")
  private boolean trigger;

  @Override
  Exit run() {
    Names.check(name);
    String kind = trigger ? Resources.TRIGGERS : Resources.BINDINGS;
    kubectl().read(Change.merge(kind, name, Change.suspend(false)));
    terminal().print("%s is no longer suspended.".formatted(name));
    return Exit.DONE;
  }
}
