package dev.codesource.oauth;

import dev.codesource.api.ApiGroup;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import dev.codesource.runtime.Annotations;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the last attempt of a person to authorize a binding in a browser failed. It is kept in an
 * annotation of the binding, so that it survives a restart and starts a reconciliation on whichever
 * replica reconciles. It has a fixed set of values, and says nothing in a stranger's words. Whoever
 * may change the binding can change it, and with it only what the status of this binding says.
 *
 * @param failure what the code host said
 * @param at when
 */
public record Attempt(Reason failure, Instant at) {

  /** The annotation; its value names the reason, the generation of the binding, and the time. */
  public static final String ANNOTATION = ApiGroup.NAME + "/failed-authorization";

  private static final Pattern VALUE =
      Pattern.compile("(\\w{1,64}) of generation (\\d{1,19}) at ([-0-9T:.]{1,40}Z)");

  private static final String AGAIN =
      "Open the URL in status.authorization again, log on to the code host as the account that"
          + " spec.username names, and grant all that is asked for.";

  /**
   * What a code host says of a person or of the access that was granted. Reasons about the cluster
   * are no part of it: the state of the cluster is looked at anew, and not remembered.
   */
  private static final Set<Reason> OF_THE_PERSON =
      EnumSet.of(
          Reason.AuthorizationDenied,
          Reason.AuthorizationExpired,
          Reason.UsernameMismatch,
          Reason.InsufficientScope,
          Reason.AccountBlocked,
          Reason.TokenRejected,
          Reason.TokenExpired,
          Reason.TokenRevoked);

  /**
   * An attempt that failed now; empty: for a reason that says nothing about the attempt, but about
   * the cluster.
   */
  public static Optional<Attempt> failed(Reason reason, Instant now) {
    return Optional.of(reason)
        .filter(Attempt::isOfAnAttempt)
        .map(failure -> new Attempt(failure, now.truncatedTo(ChronoUnit.MILLIS)));
  }

  /** The last attempt for the binding as it is now; empty: there was none, or it succeeded. */
  public static Optional<Attempt> lastOf(CodeSourceBinding binding) {
    return noted(binding)
        .map(VALUE::matcher)
        .filter(Matcher::matches)
        .filter(note -> note.group(2).equals(generation(binding)))
        .flatMap(
            note ->
                time(note.group(3))
                    .flatMap(at -> reason(note.group(1)).map(failure -> new Attempt(failure, at))));
  }

  private static Optional<Reason> reason(String name) {
    return Arrays.stream(Reason.values())
        .filter(reason -> reason.name().equals(name))
        .filter(Attempt::isOfAnAttempt)
        .findFirst();
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty(); // somebody else wrote it
    }
  }

  /** The value of the annotation that the binding has now. */
  public static Optional<String> noted(CodeSourceBinding binding) {
    return Annotations.of(binding, ANNOTATION);
  }

  /** The value of the annotation. */
  public String note(CodeSourceBinding binding) {
    return "%s of generation %s at %s".formatted(failure, generation(binding), at);
  }

  private static String generation(CodeSourceBinding binding) {
    return Objects.toString(binding.getMetadata().getGeneration());
  }

  private static boolean isOfAnAttempt(Reason reason) {
    return OF_THE_PERSON.contains(reason)
        || reason == Reason.OAuthClientRejected
        || reason.stage() == Stage.HOST;
  }

  /**
   * What the status says.
   *
   * @param why a person has to authorize anyway
   */
  Problem problem(Problem why) {
    if (OF_THE_PERSON.contains(failure)) {
      return new Problem(failure, failure.meaning(), remedy(failure));
    }
    // An outage of that time is none of now. That the application is not accepted may be said by
    // the browser alone, and a stranger's browser must not stall the binding.
    Problem asked = again(why);
    return new Problem(
        asked.reason(),
        "%s The last attempt was not finished. %s".formatted(asked.what(), failure.meaning()),
        failure == Reason.OAuthClientRejected
            ? failure.remedy() + " " + asked.remedy()
            : asked.remedy());
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
