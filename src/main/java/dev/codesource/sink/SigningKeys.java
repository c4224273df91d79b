package dev.codesource.sink;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs a request as Standard Webhooks says
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md):
 * with each key, so that a sink goes on to accept requests while the key is changed.
 */
final class SigningKeys {

  private static final String PREFIX = "whsec_";
  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final String HMAC = "HmacSHA256";

  /** More than two are not needed to change one. */
  private static final int MOST = 4;

  private static final int SHORTEST = 24;
  private static final int LONGEST = 64;

  private final List<SecretKeySpec> keys;

  private SigningKeys(List<SecretKeySpec> keys) {
    this.keys = keys;
  }

  /**
   * Reads keys, each {@code whsec_} and 24 to 64 bytes in Base64, with white space between them.
   *
   * @return empty: they cannot be read
   */
  static Optional<SigningKeys> of(String text) {
    List<String> words = SPACE.splitAsStream(text.strip()).toList();
    List<SecretKeySpec> keys = new ArrayList<>();
    for (String word : words) {
      if (words.size() > MOST || !word.startsWith(PREFIX)) {
        return Optional.empty();
      }
      try {
        byte[] key = Base64.getDecoder().decode(word.substring(PREFIX.length()));
        if (key.length < SHORTEST || key.length > LONGEST) {
          return Optional.empty();
        }
        keys.add(new SecretKeySpec(key, HMAC));
      } catch (IllegalArgumentException notBase64) {
        return Optional.empty();
      }
    }
    return Optional.of(new SigningKeys(keys));
  }

  /**
   * The headers that prove a body.
   *
   * @param id of the message, without a dot
   */
  Map<String, String> headers(String id, Instant now, String body) {
    String timestamp = Long.toString(now.getEpochSecond());
    String content = id + "." + timestamp + "." + body;
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", timestamp);
    headers.put(
        "webhook-signature",
        keys.stream()
            .map(key -> "v1," + Base64.getEncoder().encodeToString(hmac(key, content)))
            .collect(Collectors.joining(" ")));
    return headers;
  }

  private static byte[] hmac(SecretKeySpec key, String content) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac.doFinal(content.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** Without the keys. */
  @Override
  public String toString() {
    return keys.size() + " keys";
  }
}
