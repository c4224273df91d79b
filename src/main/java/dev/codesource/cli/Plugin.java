package dev.codesource.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The plug-in as a whole, with the options that all its commands have. */
@Command(
    name = Plugin.NAME,
    description = "Binds accounts on code hosts, and builds what is pushed.",
    scope = ScopeType.INHERIT,
    sortOptions = false,
    abbreviateSynopsis = true,
    usageHelpWidth = Plugin.WIDTH,
    synopsisSubcommandLabel = "COMMAND",
    parameterListHeading = "%nParameters:%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n")
final class Plugin implements Runnable {

  static final String NAME = "kubectl codesource";

  /** The columns of the help. */
  static final int WIDTH = 100;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      scope = ScopeType.INHERIT,
      description = "The namespace. Default: that of the context.")
  private String namespace = "";

  @Option(
      names = "--context",
      paramLabel = "CONTEXT",
      scope = ScopeType.INHERIT,
      description = "The context of the kubeconfig. Default: its current one.")
  private String context = "";

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The kubeconfig. Default: that of kubectl.")
  private String kubeconfig = "";

  @Option(
      names = "--as",
      paramLabel = "USER",
      scope = ScopeType.INHERIT,
      description = "The user to impersonate.")
  private String as = "";

  @Option(
      names = "--as-group",
      paramLabel = "GROUP",
      scope = ScopeType.INHERIT,
      description = "A group to impersonate; may be repeated.")
  private List<String> groups = new ArrayList<>();

  @Option(
      names = "--request-timeout",
      paramLabel = "DURATION",
      scope = ScopeType.INHERIT,
      description = "How long a request to the API server may take. Default: 30s.")
  private String requestTimeout = "30s";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private boolean help;

  private final Terminal terminal;
  private final Map<String, String> environment;

  Plugin(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  /** Without a command. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say which command.");
  }

  Terminal terminal() {
    return terminal;
  }

  /** A variable of the process; empty: it is not set. */
  String environment(String name) {
    return environment.getOrDefault(name, "");
  }

  /** All variables of the process. */
  Map<String, String> environment() {
    return environment;
  }

  /** The namespace that was asked for; empty: that of the context. */
  Optional<String> namespace() {
    return Optional.of(namespace).filter(name -> !name.isEmpty());
  }

  /** kubectl in the namespace that was asked for. */
  Kubectl kubectl() {
    List<String> options = options();
    namespace().ifPresent(name -> options.add("--namespace=" + name));
    return kubectl(options);
  }

  /** kubectl for what is in no namespace, or in all of them. */
  Kubectl kubectlOfCluster() {
    return kubectl(options());
  }

  private Kubectl kubectl(List<String> options) {
    String program = environment("KUBECTL");
    Duration timeout = Times.duration(requestTimeout);
    return new Kubectl(
        new Kubectl.Connection(
            program.isBlank() ? "kubectl" : program, List.copyOf(options), timeout),
        terminal);
  }

  private List<String> options() {
    List<String> options = new ArrayList<>();
    add(options, "--context=", context);
    add(options, "--kubeconfig=", kubeconfig);
    add(options, "--as=", as);
    groups.forEach(group -> options.add("--as-group=" + group));
    return options;
  }

  private static void add(List<String> options, String option, String value) {
    if (!value.isEmpty()) {
      options.add(option + value);
    }
  }
}
