package dev.codesource.codehost;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The secret that a code host and the operator share to sign deliveries. The form is that of
 * Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, "Signature scheme"),
 * which GitLab's signing tokens have too; to the other platforms it is text.
 *
 * @param text {@code whsec_} and 32 random bytes in Base64
 */
public record WebhookSecret(String text) {

  private static final String PREFIX = "whsec_";
  private static final int BYTES = 32;
  private static final Pattern FORM = Pattern.compile("whsec_[A-Za-z0-9+/]{43}=");

  /**
   * @throws IllegalArgumentException if it has not that form; an empty secret would let everybody
   *     in
   */
  public WebhookSecret {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("This is not the secret of a webhook.");
    }
  }

  /** A new secret. */
  public static WebhookSecret random(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new WebhookSecret(PREFIX + Base64.getEncoder().encodeToString(bytes));
  }

  /** The bytes that the text stands for. */
  public byte[] bytes() {
    return Base64.getDecoder().decode(text.substring(PREFIX.length()));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "WebhookSecret";
  }
}
