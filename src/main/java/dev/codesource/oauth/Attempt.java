package dev.codesource.oauth;

import dev.codesource.api.ApiGroup;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the last attempt of a person to authorize a binding in a browser failed. It is kept in an
 * annotation of the binding, so that it survives a restart and starts a reconciliation on whichever
 * replica reconciles. It has a fixed set of values, and says nothing in a stranger's words. Whoever
 * may change the binding can change it, and with it only what the status of this binding says.
 */
public record Attempt(Reason failure) {

  /** The annotation; its value names the reason and the generation of the binding. */
  public static final String ANNOTATION = ApiGroup.NAME + "/failed-authorization";

  private static final Pattern VALUE = Pattern.compile("(\\w{1,64}) of generation (\\d{1,19})");

  private static final String AGAIN =
      "Open the URL in status.authorization again, log on to the code host as the account that spec.username names, and grant all that is asked for.";

  /** The last attempt for the binding as it is now; empty: there was none, or it succeeded. */
  public static Optional<Attempt> lastOf(CodeSourceBinding binding) {
    return noted(binding)
        .map(VALUE::matcher)
        .filter(Matcher::matches)
        .filter(note -> note.group(2).equals(generation(binding)))
        .flatMap(
            note ->
                Arrays.stream(Reason.values())
                    .filter(reason -> reason.name().equals(note.group(1)))
                    .findFirst())
        .filter(Attempt::isProblem)
        .map(Attempt::new);
  }

  /** The value of the annotation that the binding has now. */
  public static Optional<String> noted(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getMetadata().getAnnotations())
        .map((Map<String, String> annotations) -> annotations.get(ANNOTATION));
  }

  /** The value of the annotation. */
  public String note(CodeSourceBinding binding) {
    return failure + " of generation " + generation(binding);
  }

  private static String generation(CodeSourceBinding binding) {
    return Objects.toString(binding.getMetadata().getGeneration());
  }

  /** Another reason is none of an attempt: somebody wrote it. */
  private static boolean isProblem(Reason reason) {
    return switch (reason.stage()) {
      case CREDENTIAL, ACCESS, SCOPES, HOST ->
          switch (reason.kind()) {
            case PERSON, PASSING, TIME -> true;
            case GOOD, NOTE -> false;
          };
      case ADDRESS, FRESHNESS, PUBLISHED, WHOLE -> false;
    };
  }

  /**
   * What the status says.
   *
   * @param why a person has to authorize anyway
   */
  Problem problem(Problem why) {
    // An outage of that time is none of now, and says nothing about the access.
    return failure.keepsProof()
        ? new Problem(
            why.reason(),
            "%s The last attempt was not finished. %s".formatted(why.what(), failure.meaning()),
            why.remedy())
        : new Problem(failure, failure.meaning(), remedy(failure));
  }

  /** The problem with the remedy of somebody who authorizes, and does not store a token. */
  static Problem again(Problem problem) {
    return isOfAnAccount(problem.reason())
        ? new Problem(problem.reason(), problem.what(), AGAIN)
        : problem;
  }

  /** What to do after an attempt failed for this reason. */
  public static String remedy(Reason failure) {
    return isOfAnAccount(failure) ? AGAIN : failure.remedy();
  }

  private static boolean isOfAnAccount(Reason reason) {
    return reason.stage() == Stage.ACCESS || reason.stage() == Stage.SCOPES;
  }
}
