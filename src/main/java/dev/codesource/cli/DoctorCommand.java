package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.cli.doctor.Check;
import dev.codesource.cli.doctor.Finding;
import dev.codesource.cli.doctor.Finding.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says why a binding does not work: the first cause, and what to do. */
@Command(
    name = "doctor",
    description = {
      "Find out why a binding does not work.",
      "The first cause comes first, with what to do. The operator is asked to verify the binding,",
      "the code host is asked from this machine, too, and both are compared. Nothing is changed but",
      "the annotation that asks the operator.",
      "Without a name, the cluster and all bindings of the namespace are looked at, and no code host",
      "is asked."
    })
final class DoctorCommand extends PluginCommand {

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "The name of the binding.")
  private String name = "";

  @Option(names = "--list", description = "List the checks, and look at nothing.")
  private boolean list;

  @Option(
      names = "--with-token",
      description =
          "Ask the code host from here with the token of the Secret, too. It is sent to the host of"
              + " the binding only, and not shown.")
  private boolean withToken;

  @Option(
      names = "--request",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Have the operator verify the binding (the default), or take what it found last:"
              + " --no-request.")
  private boolean request;

  @Option(
      names = "--host",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Ask the code host from here (the default), or do not: --no-host.")
  private boolean host;

  @Option(
      names = "--fail-on",
      paramLabel = "LEVEL",
      description = "error or warning: the least that makes the code 1. Default: error.")
  private Severity failOn = Severity.error;

  @Option(
      names = "--bundle",
      paramLabel = "FILE",
      description =
          "Write the findings, the binding, its Events and the versions to a new file, to be sent to"
              + " who helps. Tokens and what else is secret are removed.")
  private String bundle = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table or json. Default: table.")
  private Output output = Output.table;

  @Mixin private final Waiting waiting = new Waiting("30s");

  /** What {@code --fail-on} takes. */
  enum Severity {
    error(Level.ERROR),
    warning(Level.WARNING);

    private final Level level;

    Severity(Level level) {
      this.level = level;
    }
  }

  @Override
  Exit run() {
    if (output != Output.table && output != Output.json) {
      throw Failure.usage("The findings are printed as table or json.");
    }
    if (list) {
      Arrays.stream(Check.values())
          .forEach(check -> terminal().print("%-17s %s".formatted(check, check.promise())));
      return Exit.DONE;
    }
    if (!name.isEmpty()) {
      Names.check(name);
    }
    Diary diary = new Diary(plugin().kubectlOfCluster());
    ClusterChecks cluster = new ClusterChecks(plugin().kubectlOfCluster(), diary);
    Optional<Examination> examination = Optional.empty();
    if (cluster.pass()) {
      diary.lookForOperators(!name.isEmpty());
      if (name.isEmpty()) {
        all(diary);
      } else {
        examination = Optional.of(examination(diary));
        examination.get().run();
      }
    }
    new Report(terminal()).print(diary, output == Output.json);
    if (!bundle.isEmpty()) {
      Bundle.of(kubectl(), cluster, diary, name, examination).write(bundle, terminal());
    }
    return diary.findings().stream().anyMatch(each -> each.level().compareTo(failOn.level) >= 0)
        ? Exit.FAILED
        : Exit.DONE;
  }

  private Examination examination(Diary diary) {
    return new Examination(
        kubectl(),
        diary,
        new Examination.Wishes(request, host, withToken, waiting.timeout()),
        plugin().environment(),
        name);
  }

  /** The first cause of each binding that is not ready, as the operator told it last. */
  private void all(Diary diary) {
    List<JsonNode> bindings =
        Json.elements(kubectl().read(List.of("get", Resources.BINDINGS)), "items").toList();
    List<Finding> causes = new ArrayList<>();
    for (JsonNode binding : bindings) {
      if (!State.isCurrent(binding)) {
        diary.silent(Json.name(binding), java.time.Duration.ZERO, "");
      }
      new Conditions(binding, Json.name(binding), " -n " + Json.namespace(binding))
          .cause()
          .ifPresent(causes::add);
    }
    causes.forEach(diary::add);
    if (causes.isEmpty()) {
      diary.add(
          Finding.good(
              Check.Ready, "%d bindings, and none is failing.".formatted(bindings.size())));
    }
  }
}
