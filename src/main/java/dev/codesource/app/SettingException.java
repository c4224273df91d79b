package dev.codesource.app;

import java.util.Locale;
import java.util.function.Supplier;

/** A setting with a value that the operator cannot start with. The message is one sentence. */
final class SettingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private SettingException(String message, IllegalArgumentException cause) {
    super(message, cause);
  }

  /**
   * Reads a setting.
   *
   * @param property as in {@link Settings}, without the prefix: {@code address.denied-cidrs}
   * @param value throws an {@link IllegalArgumentException} with a sentence for the administrator
   * @throws SettingException with the name of the setting and that sentence
   */
  static <T> T reading(String property, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          "The setting codesource.%s (CODESOURCE_%s) is wrong: %s"
              .formatted(property, variable(property), e.getMessage()),
          e);
    }
  }

  /** As MicroProfile Config maps a property to a variable of the environment. */
  private static String variable(String property) {
    return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }
}
