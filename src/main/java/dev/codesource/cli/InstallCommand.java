package dev.codesource.cli;

import dev.codesource.cli.doctor.Finding.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says, before an installation, what is in its way. It installs nothing. */
@Command(
    name = "install",
    description = {
      "Find out, with --check, what is in the way of an installation by the chart.",
      "It says which values of the chart help. Nothing is installed or changed. The namespace is",
      "that of the release; default: codesource-system."
    })
final class InstallCommand extends PluginCommand {

  @Option(names = "--check", description = "Check, which is all that this command does.")
  private boolean check;

  @Option(
      names = "--release",
      paramLabel = "NAME",
      description = "The name of the release. Default: codesource-operator.")
  private String release = "codesource-operator";

  @Option(
      names = "--monitoring",
      description = "serviceMonitor, podMonitor or prometheusRule is to be enabled.")
  private boolean monitoring;

  @Option(names = "--http-route", description = "httpRoute is to be enabled.")
  private boolean httpRoute;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table or json. Default: table.")
  private Output output = Output.table;

  @Override
  Exit run() {
    if (!check) {
      throw Failure.usage(
          "The operator is installed by its chart. Give --check to see what is in its way.");
    }
    if (output != Output.table && output != Output.json) {
      throw Failure.usage("The findings are printed as table or json.");
    }
    Names.check(release);
    Diary diary = new Diary(plugin().kubectlOfCluster());
    InstallChecks checks =
        new InstallChecks(
            plugin().kubectlOfCluster(),
            diary,
            release,
            plugin().namespace().orElse("codesource-system"));
    checks.run(monitoring, httpRoute);
    new Report(terminal()).print(diary, output == Output.json);
    return diary.firstCause().filter(each -> each.level() == Level.ERROR).isPresent()
        ? Exit.FAILED
        : Exit.DONE;
  }
}
