package dev.codesource.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The commands of the plug-in, in the order of its help.
 *
 * <p>picocli reads the annotations of every command that it is given, which takes longer than all
 * the rest of a command. So it is given that alone whose name was typed.
 */
final class Commands {

  private static final List<Entry> ALL =
      List.of(
          new Entry("list", "ls", ListCommand::new),
          new Entry("get", GetCommand::new),
          new Entry("bind", BindCommand::new),
          new Entry("check", CheckCommand::new),
          new Entry("rotate", RotateCommand::new),
          new Entry("authorize", AuthorizeCommand::new),
          new Entry("suspend", SuspendCommand::new),
          new Entry("resume", ResumeCommand::new),
          new Entry("unbind", UnbindCommand::new),
          new Entry("trigger", TriggerCommand::new),
          new Entry("build", BuildCommand::new),
          new Entry("logs", LogsCommand::new),
          new Entry("doctor", DoctorCommand::new),
          new Entry("install", InstallCommand::new),
          new Entry("page", PageCommand::new),
          new Entry("completion", CompletionCommand::new),
          new Entry("version", VersionCommand::new));

  private Commands() {}

  /** A command with all its names, the usual one first. */
  private record Entry(List<String> names, Supplier<PluginCommand> command) {

    Entry(String name, Supplier<PluginCommand> command) {
      this(List.of(name), command);
    }

    Entry(String name, String alias, Supplier<PluginCommand> command) {
      this(List.of(name, alias), command);
    }

    void addTo(CommandLine plugin) {
      plugin.addSubcommand(
          names.getFirst(), command.get(), names.stream().skip(1).toArray(String[]::new));
    }
  }

  /** Adds all commands. */
  static void add(CommandLine plugin) {
    ALL.forEach(entry -> entry.addTo(plugin));
  }

  /**
   * Adds the command that is typed: the first word that is neither an option nor the value of one.
   * So a namespace may have the name of a command.
   *
   * @return whether there is one; not, if help is asked for, which may be that of all
   */
  static boolean addTyped(CommandLine plugin, String... arguments) {
    if (List.of(arguments).contains("-h") || List.of(arguments).contains("--help")) {
      return false;
    }
    Optional<Entry> entry =
        typed(plugin, arguments)
            .flatMap(word -> ALL.stream().filter(each -> each.names().contains(word)).findFirst());
    entry.ifPresent(each -> each.addTo(plugin));
    return entry.isPresent();
  }

  private static Optional<String> typed(CommandLine plugin, String... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (!arguments[i].startsWith("-")) {
        return Optional.of(arguments[i]);
      }
      OptionSpec option = plugin.getCommandSpec().findOption(arguments[i]);
      if (option != null && option.arity().min() > 0) {
        i++;
      }
    }
    return Optional.empty();
  }
}
