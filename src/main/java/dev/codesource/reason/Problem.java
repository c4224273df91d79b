package dev.codesource.reason;

/**
 * One thing that is wrong, as the user reads it.
 *
 * @param reason which of the known things it is
 * @param what what was seen, as a sentence with its full stop; never a secret, and nothing that
 *     changes from one try to the next (a time, a count), since an unchanged status is not written
 */
public record Problem(Reason reason, String what) {

  /** What is wrong and what to do about it: the message of a condition. */
  public String message() {
    return what + " " + reason.remedy();
  }
}
