package dev.codesource.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a command waits for the operator. */
final class Waiting {

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "How long to wait for the operator. Default: ${DEFAULT-VALUE}.")
  private String timeout;

  /**
   * @param usual the default, as {@code 2m}
   */
  Waiting(String usual) {
    this.timeout = usual;
  }

  Duration timeout() {
    return Times.duration(timeout);
  }
}
