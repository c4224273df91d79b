package dev.codesource.codehost;

import java.util.Optional;
import java.util.function.Function;

/**
 * The headers of a delivery, which anybody may have sent.
 *
 * @param values the value of a header by its name in lower case
 */
public record DeliveryHeaders(Function<String, Optional<String>> values) {

  /** The maximum length of a header that a proof is in; those of the platforms have 100 at most. */
  static final int LONGEST = 1 << 10;

  /** Whether the header was sent with any value but an empty one. */
  public boolean has(String name) {
    return values.apply(name).filter(value -> !value.isBlank()).isPresent();
  }

  /**
   * The value of a header.
   *
   * @param name in lower case
   * @return empty: it is absent, empty, too long, or has characters that no proof has
   */
  public Optional<String> value(String name) {
    return values.apply(name).filter(DeliveryHeaders::canBeOfAProof);
  }

  private static boolean canBeOfAProof(String value) {
    return !value.isBlank()
        && value.length() <= LONGEST
        && value.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  /** Without the values: a header may be the secret. */
  @Override
  public String toString() {
    return "DeliveryHeaders";
  }
}
