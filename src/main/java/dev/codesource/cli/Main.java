package dev.codesource.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;

/** Where the plug-in starts. */
public final class Main {

  private Main() {}

  /** Runs the command that the arguments name. The process ends with one of {@link Exit}. */
  public static void main(String[] arguments) {
    System.exit(run(Terminal.ofProcess(), System.getenv(), arguments));
  }

  /** Runs a command and returns its exit code. */
  static int run(Terminal terminal, Map<String, String> environment, String... arguments) {
    Plugin plugin = new Plugin(terminal, environment);
    if (Completion.isAsked(arguments)) {
      new Completion(
              plugin, commandLine(plugin), Arrays.asList(arguments).subList(1, arguments.length))
          .print(terminal);
      return Exit.DONE.code();
    }
    CommandLine some = new CommandLine(plugin);
    if (!Commands.addTyped(some, arguments)) {
      return commandLine(plugin).execute(arguments);
    }
    complete(some);
    // What is alike is looked for among all commands.
    some.setParameterExceptionHandler((e, given) -> commandLine(plugin).execute(given));
    return some.execute(arguments);
  }

  /** The plug-in with all its commands. */
  static CommandLine commandLine(Plugin plugin) {
    CommandLine all = new CommandLine(plugin);
    Commands.add(all);
    complete(all);
    all.setParameterExceptionHandler((e, given) -> misunderstood(plugin.terminal(), e));
    return all;
  }

  private static void complete(CommandLine all) {
    Terminal terminal = ((Plugin) all.getCommandSpec().userObject()).terminal();
    all.setOut(new PrintWriter(terminal.output(), true, terminal.output().charset()))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setUsageHelpLongOptionsMaxWidth(30)
        .setExecutionExceptionHandler((e, command, parsed) -> failed(terminal, e));
    all.getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(
            Arrays.stream(Exit.values())
                .collect(
                    Collectors.toMap(
                        exit -> Integer.toString(exit.code()),
                        Exit::meaning,
                        (one, other) -> one,
                        LinkedHashMap::new)));
    all.getSubcommands().values().forEach(Main::hideOptionsOfAll);
  }

  /** The help of a command shows what only it has. */
  private static void hideOptionsOfAll(CommandLine command) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.footer(
        "", "'%s --help' shows the options that all commands have.".formatted(Plugin.NAME));
    usage
        .sectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_OPTION_LIST,
            help ->
                help.optionListExcludingGroups(
                    help.commandSpec().options().stream()
                        .filter(option -> !option.inherited())
                        .toList()));
    usage
        .sectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING,
            help ->
                help.commandSpec().options().stream().allMatch(OptionSpec::inherited)
                    ? ""
                    : help.optionListHeading());
    command.getSubcommands().values().forEach(Main::hideOptionsOfAll);
  }

  private static int misunderstood(Terminal terminal, ParameterException e) {
    CommandLine command = e.getCommandLine();
    terminal.say("error: " + e.getMessage());
    List<String> alike = alike(e);
    if (!alike.isEmpty()) {
      terminal.say("Did you mean %s?".formatted(String.join(" or ", alike)));
    }
    terminal.say("See '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
    return Exit.USAGE.code();
  }

  private static List<String> alike(ParameterException e) {
    return e instanceof CommandLine.UnmatchedArgumentException unmatched
        ? unmatched.getSuggestions().stream().limit(3).toList()
        : List.of();
  }

  private static int failed(Terminal terminal, Exception e) {
    if (e instanceof Failure failure) {
      terminal.say("error: " + failure.sentence());
      return failure.exit().code();
    }
    terminal.say("error: a fault of the plug-in: " + e);
    return Exit.FAILED.code();
  }
}
