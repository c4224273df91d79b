package dev.codesource.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What may be typed next, as the programs of cobra say it, of which kubectl is one: a line for each
 * candidate, with a tab before its description, and a last line with a colon and a number
 * (https://github.com/spf13/cobra/blob/main/site/content/completions/_index.md).
 */
final class Completion {

  /** The shell may propose names of files. */
  private static final int FILES = 0;

  /** There is nothing else than the candidates. */
  private static final int NO_FILES = 4;

  /** A person waits for it at each key. */
  private static final String PATIENCE = "3s";

  private final Plugin plugin;
  private final CommandLine root;
  private final List<String> typed;
  private final String last;

  private CommandLine command;
  private final List<String> values = new ArrayList<>();
  private final Map<String, String> options = new LinkedHashMap<>();
  private final Set<String> flags = new HashSet<>();
  private Optional<OptionSpec> open = Optional.empty();

  /**
   * @param typed the words after the name of the plug-in, of which the last one is to be completed
   */
  Completion(Plugin plugin, CommandLine root, List<String> typed) {
    this.plugin = plugin;
    this.root = root;
    this.command = root;
    this.typed = typed.isEmpty() ? List.of() : typed.subList(0, typed.size() - 1);
    this.last = typed.isEmpty() ? "" : typed.getLast();
  }

  /** Prints the candidates. It never fails: who cannot ask the cluster is proposed nothing. */
  void print(Terminal terminal) {
    typed.forEach(this::read);
    Proposal proposal = propose();
    proposal.candidates().stream()
        .filter(each -> each.startsWith(proposal.begun()))
        .distinct()
        .forEach(terminal::print);
    terminal.print(":" + (proposal.files() ? FILES : NO_FILES));
  }

  /**
   * What may be next.
   *
   * @param begun what the candidates begin with
   */
  private record Proposal(List<String> candidates, String begun, boolean files) {
    Proposal(List<String> candidates, String begun) {
      this(candidates, begun, false);
    }
  }

  private void read(String word) {
    if (open.isPresent()) {
      options.put(open.get().longestName(), word);
      open = Optional.empty();
      return;
    }
    if (word.startsWith("-") && word.length() > 1) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      Optional<OptionSpec> option = Optional.ofNullable(command.getCommandSpec().findOption(name));
      option.ifPresent(each -> flags.add(each.longestName()));
      if (equals >= 0) {
        option.ifPresent(each -> options.put(each.longestName(), word.substring(equals + 1)));
      } else {
        open = option.filter(each -> each.arity().min() > 0);
      }
      return;
    }
    CommandLine sub = values.isEmpty() ? command.getSubcommands().get(word) : null;
    if (sub == null) {
      values.add(word);
    } else {
      command = sub;
    }
  }

  private Proposal propose() {
    if (open.isPresent()) {
      return ofValue(open.get(), last);
    }
    int equals = last.indexOf('=');
    if (last.startsWith("-") && equals > 0) {
      return Optional.ofNullable(command.getCommandSpec().findOption(last.substring(0, equals)))
          .map(option -> ofValue(option, last.substring(equals + 1)))
          .orElse(new Proposal(List.of(), last));
    }
    if (last.startsWith("-")) {
      return new Proposal(names().toList(), last);
    }
    if (values.isEmpty() && !command.getSubcommands().isEmpty()) {
      return new Proposal(
          command.getSubcommands().entrySet().stream()
              .filter(sub -> sub.getKey().equals(sub.getValue().getCommandName()))
              .map(sub -> sub.getKey() + "\t" + described(sub.getValue()))
              .toList(),
          last);
    }
    return command.getCommandSpec().positionalParameters().stream()
        .filter(each -> each.index().contains(values.size()))
        .findFirst()
        .<Proposal>map(this::ofPositional)
        .orElse(new Proposal(List.of(), last));
  }

  private static String described(CommandLine command) {
    String[] description = command.getCommandSpec().usageMessage().description();
    return description.length == 0 ? "" : description[0];
  }

  private Stream<String> names() {
    return command.getCommandSpec().options().stream()
        .filter(option -> !option.hidden())
        .filter(option -> option.isMultiValue() || !flags.contains(option.longestName()))
        .map(option -> option.longestName() + "\t" + String.join(" ", option.description()));
  }

  private Proposal ofPositional(PositionalParamSpec parameter) {
    return new Proposal(of(parameter), last);
  }

  private Proposal ofValue(OptionSpec option, String begun) {
    if (option.paramLabel().equals("FILE")) {
      return new Proposal(List.of(), begun, true);
    }
    int comma = option.splitRegex().isEmpty() ? -1 : begun.lastIndexOf(',');
    String before = begun.substring(0, comma + 1);
    return new Proposal(of(option).stream().map(each -> before + each).toList(), begun);
  }

  private List<String> of(ArgSpec argument) {
    return switch (argument.paramLabel()) {
      case "BINDING" -> objects(Resources.BINDINGS);
      case "TRIGGER" -> objects(Resources.TRIGGERS);
      case "NAME" ->
          command.getCommandSpec().findOption("--trigger") == null
              ? List.of()
              : objects(flags.contains("--trigger") ? Resources.TRIGGERS : Resources.BINDINGS);
      case "NAMESPACE" -> namesOf(List.of("get", "namespaces"), false);
      case "CONTEXT" -> namesOf(List.of("config", "get-contexts"), false);
      case "PLATFORM" ->
          Arrays.stream(dev.codesource.api.Platform.values()).map(Enum::name).toList();
      case "SHELL" -> List.of("bash", "zsh", "fish");
      default ->
          argument.completionCandidates() == null
              ? List.of()
              : StreamSupport.stream(argument.completionCandidates().spliterator(), false).toList();
    };
  }

  private List<String> objects(String kind) {
    return namesOf(List.of("get", kind), true);
  }

  private List<String> namesOf(List<String> arguments, boolean inNamespace) {
    List<String> all = new ArrayList<>(arguments);
    all.add("--output=name");
    try {
      connect();
      Kubectl kubectl = inNamespace ? plugin.kubectl() : plugin.kubectlOfCluster();
      return kubectl
          .text(all)
          .lines()
          .map(line -> line.substring(line.indexOf('/') + 1))
          .filter(line -> !line.isBlank())
          .toList();
    } catch (Failure | CommandLine.ParameterException notKnown) {
      return List.of();
    }
  }

  /** With what was typed so far about the cluster. */
  private void connect() {
    List<String> connection = new ArrayList<>();
    options.forEach(
        (name, value) -> {
          OptionSpec option = root.getCommandSpec().findOption(name);
          if (option != null && !name.equals("--request-timeout")) {
            connection.add(name + "=" + value);
          }
        });
    connection.add("--request-timeout=" + PATIENCE);
    root.parseArgs(connection.toArray(String[]::new));
  }

  /** Whether a shell asks for candidates: {@code __complete} and the words. */
  static boolean isAsked(String... arguments) {
    return arguments.length > 0 && arguments[0].equals("__complete");
  }
}
