package dev.codesource.credential;

import dev.codesource.digest.Sha256;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the data of Secrets. */
public final class SecretData {

  /** No base64 begins so. */
  private static final String DIGEST = "sha256:";

  /** What is read in place of a value that is not kept: longer than any value may be. */
  private static final String TOO_LONG = "?".repeat(20_000);

  private SecretData() {}

  /**
   * What is kept in place of a value that is too long. It tells whether the value is a known one,
   * and is read as a text that is too long for everything.
   */
  public static String digest(String value) {
    return DIGEST + Sha256.hex(value);
  }

  /** Whether a kept value, or its digest, is that of a wanted value; both in base64. */
  public static boolean isSame(@Nullable String kept, String wanted) {
    return kept != null
        && (kept.equals(wanted) || (kept.startsWith(DIGEST) && kept.equals(digest(wanted))));
  }

  static CaConsent.SecretName name(Secret secret) {
    return new CaConsent.SecretName(
        secret.getMetadata().getNamespace(), secret.getMetadata().getName());
  }

  /** The value of a key, as text in UTF-8. */
  public static Optional<String> text(Secret secret, String key) {
    return Optional.ofNullable(secret.getData())
        .flatMap(data -> Optional.ofNullable(data.get(key)))
        .map(
            encoded ->
                encoded.startsWith(DIGEST)
                    ? TOO_LONG
                    : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
  }
}
