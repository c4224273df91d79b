package dev.codesource.credential;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A secret string. It never prints: {@link #toString()} is fixed, so that no log, message or
 * exception can carry it by accident.
 */
public final class Token {
  private final Supplier<String> value;

  public Token(String value) {
    this.value = () -> value;
  }

  private Token(Supplier<String> value) {
    this.value = value;
  }

  /** A secret that is made when it is first needed, and then kept. */
  static Token madeOnce(Supplier<String> making) {
    return new Token(new Once(making));
  }

  /** The secret itself, for the request that carries it. */
  public String reveal() {
    return value.get();
  }

  private static final class Once implements Supplier<String> {
    private final Supplier<String> making;
    private @Nullable String made;

    Once(Supplier<String> making) {
      this.making = making;
    }

    @Override
    public synchronized String get() {
      String value = made;
      if (value == null) {
        value = making.get();
        made = value;
      }
      return value;
    }
  }

  @Override
  public String toString() {
    return "[secret]";
  }
}
