package dev.codesource.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What kubectl says when it fails, as a sentence for the user. */
final class KubectlError {

  /** Of kubectl, before the sentence of the API server. */
  private static final Pattern FROM_SERVER =
      Pattern.compile(
          "(?:Error from server(?: \\((?<reason>\\w+)\\))?|error): ?(?<text>.*)", Pattern.DOTALL);

  private static final Pattern MISSING_KIND =
      Pattern.compile(
          "(?s).*(the server doesn't have a resource type|no matches for kind|could not find the"
              + " requested resource|unable to recognize).*");

  /** Of the HTTP client of Go, and of the exit of a deadline. */
  private static final List<String> TIMEOUTS =
      List.of("context deadline exceeded", "Client.Timeout", "i/o timeout", "timed out waiting");

  private static final List<String> UNREACHABLE =
      List.of(
          "Unable to connect to the server",
          "The connection to the server",
          "was refused - did you specify");

  private KubectlError() {}

  /**
   * The failure that a text of kubectl tells of.
   *
   * @param text what kubectl wrote to its errors
   * @param code its exit code
   */
  static Failure of(String text, int code) {
    String said = text.strip();
    if (TIMEOUTS.stream().anyMatch(said::contains)) {
      return Failure.timeout(
          "The API server did not answer in time: %s. Allow more with --request-timeout."
              .formatted(last(said)));
    }
    if (UNREACHABLE.stream().anyMatch(said::contains)) {
      return Failure.failed(
          "The API server cannot be reached: %s. Check --context, --kubeconfig and the network."
              .formatted(last(said)));
    }
    if (said.contains("You must be logged in") || said.contains("(Unauthorized)")) {
      return new Failure(
          Exit.REFUSED,
          "The cluster does not know you: log in again, or check --context and --kubeconfig.");
    }
    if (MISSING_KIND.matcher(said).matches()) {
      return Failure.failed(
          "The cluster does not have the resources of the Code Source Operator: whoever manages the cluster installs it, with its CRDs. (%s)"
              .formatted(last(said)));
    }
    Matcher error = FROM_SERVER.matcher(said);
    if (!error.matches()) {
      return Failure.failed(
          said.isEmpty() ? "kubectl ended with code %d.".formatted(code) : sentence(said));
    }
    String what = sentence(error.group("text"));
    return "Forbidden".equals(error.group("reason"))
        ? new Failure(Exit.REFUSED, what + " Ask whoever manages access to the namespace.")
        : Failure.failed(what);
  }

  /** The last line, which says most, without its full stop. */
  private static String last(String said) {
    String line = said.substring(said.lastIndexOf('\n') + 1);
    return line.replaceFirst("^(error|Error from server[^:]*): ", "").replaceFirst("\\.$", "");
  }

  private static String sentence(String text) {
    String stripped = text.strip();
    return stripped.endsWith(".") || stripped.endsWith("?") ? stripped : stripped + ".";
  }
}
