package dev.codesource.reason;

/**
 * A problem, as the user reads it.
 *
 * @param reason the kind of problem
 * @param what what was observed, as a sentence with its full stop; never a secret, and nothing that
 *     changes from one try to the next (a time, a count), since an unchanged status is not written
 * @param remedy what to do about it, as a sentence
 */
public record Problem(Reason reason, String what, String remedy) {

  /** A problem with the usual remedy of its reason. */
  public Problem(Reason reason, String what) {
    this(reason, what, reason.remedy());
  }

  /** The observation and the remedy: the message of a condition. */
  public String message() {
    return what + " " + remedy;
  }
}
