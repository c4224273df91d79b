package dev.codesource.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command of the plug-in. */
abstract class PluginCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  /** Does what the command says; a {@link Failure} ends it early. */
  abstract Exit run();

  @Override
  public final Integer call() {
    return run().code();
  }

  final Plugin plugin() {
    return (Plugin) Objects.requireNonNull(spec).root().userObject();
  }

  final Terminal terminal() {
    return plugin().terminal();
  }

  /** The value of an option, or what the person at the terminal answers. */
  final String given(String value, String option, String question) {
    return value.isEmpty() ? terminal().prompt().given(option, question) : value;
  }

  /** kubectl in the namespace that was asked for. */
  final Kubectl kubectl() {
    return plugin().kubectl();
  }
}
