package dev.codesource.codehost;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Optional;

/**
 * The check of a delivery whose proof is a header alone. Whoever changes the body on the way is not
 * noticed, so the body is a hint and no more.
 */
public final class UnsignedBody implements DeliveryCheck {

  private UnsignedBody() {}

  /**
   * Begins a check, whose result is known already.
   *
   * @param expected empty: everybody has it, so nothing is genuine
   * @return empty: the header is wrong
   */
  public static Optional<DeliveryCheck> begin(String expected, String sent) {
    return !expected.isEmpty()
            && MessageDigest.isEqual(expected.getBytes(UTF_8), sent.getBytes(UTF_8))
        ? Optional.of(new UnsignedBody())
        : Optional.empty();
  }

  @Override
  public void update(byte[] piece) {
    // Proves nothing.
  }

  @Override
  public boolean isGenuine() {
    return true;
  }
}
