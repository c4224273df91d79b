package dev.codesource.credential;

/**
 * A secret string. It never prints: {@link #toString()} is fixed, so that no log, message or
 * exception can carry it by accident.
 */
public final class Token {
  private final String value;

  public Token(String value) {
    this.value = value;
  }

  /** The secret itself, for the request that carries it. */
  public String reveal() {
    return value;
  }

  @Override
  public String toString() {
    return "[secret]";
  }
}
