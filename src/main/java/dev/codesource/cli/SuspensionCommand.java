package dev.codesource.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stops a binding or a trigger, or has it go on. */
abstract class SuspensionCommand extends PluginCommand {

  @Parameters(paramLabel = "NAME", description = "The name of the binding or trigger.")
  private String name = "";

  @Option(names = "--trigger", description = "It is a trigger.")
  private boolean trigger;

  private final boolean suspend;
  private final String done;

  /**
   * @param done what is then said of the object
   */
  SuspensionCommand(boolean suspend, String done) {
    this.suspend = suspend;
    this.done = done;
  }

  @Override
  final Exit run() {
    Names.check(name);
    String kind = trigger ? Resources.TRIGGERS : Resources.BINDINGS;
    kubectl().read(Change.merge(kind, name, Change.suspend(suspend)));
    terminal().print(name + " " + done);
    return Exit.DONE;
  }
}
