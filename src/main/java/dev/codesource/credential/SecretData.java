package dev.codesource.credential;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Reads the data of Secrets. */
public final class SecretData {

  private SecretData() {}

  /** The value of a key, as text in UTF-8. */
  public static Optional<String> text(Secret secret, String key) {
    return Optional.ofNullable(secret.getData())
        .flatMap(data -> Optional.ofNullable(data.get(key)))
        .map(encoded -> new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
  }
}
