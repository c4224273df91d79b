package dev.codesource.cli.doctor;

/**
 * What a check found.
 *
 * @param check the name of the check
 * @param id a reason of the operator; or, where the operator has none, a name of its own in small
 *     letters; empty: nothing is wrong
 * @param sentence what was seen; one sentence or more
 * @param remedy what to do; empty: nothing
 * @param command for the command line; empty: none
 */
public record Finding(
    String check, Level level, String id, String sentence, String remedy, String command) {

  /** How bad it is. */
  public enum Level {
    /** Nothing is wrong. */
    GOOD,
    /** It cannot be told. */
    UNKNOWN,
    /** It works, and somebody should know. */
    WARNING,
    /** It does not work. */
    ERROR
  }

  /** Something is wrong, or is to be known. */
  public static Finding bad(String check, Level level, String id, String sentence, String remedy) {
    return new Finding(check, level, id, sentence, remedy, "");
  }

  /** Nothing is wrong. */
  public static Finding good(Check check, String sentence) {
    return new Finding(check.name(), Level.GOOD, "", sentence, "", "");
  }

  /** It cannot be told. */
  public static Finding unknown(Check check, String why) {
    return new Finding(check.name(), Level.UNKNOWN, "", why, "", "");
  }

  /** The same, with a command. */
  public Finding with(String otherCommand) {
    return new Finding(check, level, id, sentence, remedy, otherCommand);
  }
}
