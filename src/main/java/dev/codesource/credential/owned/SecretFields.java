package dev.codesource.credential.owned;

import dev.codesource.credential.SecretData;
import dev.codesource.credential.Token;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The values of a Secret that the operator keeps. All of these Secrets are read and written here,
 * so that they have one format: times as in ISO 8601, no key for an absent value.
 */
public final class SecretFields {

  private static final Instant END_OF_TIMES = Instant.parse("9999-01-01T00:00:00Z");

  private final Secret secret;

  private SecretFields(Secret secret) {
    this.secret = secret;
  }

  /**
   * Reads a Secret.
   *
   * @param codec makes the value; it may throw what {@link #required}, {@link Instant#parse} or
   *     {@link Enum#valueOf} throw
   * @return empty: the operator did not write the Secret, or somebody changed it since
   */
  public static <T> Optional<T> read(Secret secret, Function<SecretFields, T> codec) {
    try {
      return Optional.of(codec.apply(new SecretFields(secret)));
    } catch (DateTimeException | IllegalArgumentException changedByHand) {
      return Optional.empty();
    }
  }

  public Optional<String> text(String key) {
    return SecretData.text(secret, key);
  }

  public Optional<Token> token(String key) {
    return text(key).map(Token::new);
  }

  /** A time, in a century in which it can be added to and subtracted from. */
  public Optional<Instant> time(String key) {
    return text(key).map(SecretFields::instant);
  }

  /**
   * A time as the operator writes it.
   *
   * @throws IllegalArgumentException if it is in no century in which it can be added to
   * @throws DateTimeException if it is none
   */
  public static Instant instant(String text) {
    Instant time = Instant.parse(text);
    if (time.isBefore(Instant.EPOCH) || !time.isBefore(END_OF_TIMES)) {
      throw new IllegalArgumentException("the operator writes no such time");
    }
    return time;
  }

  /**
   * The value of a key that is always written.
   *
   * @throws IllegalArgumentException when it is missing
   */
  public static <T> T required(Optional<T> value) {
    return value.orElseThrow(() -> new IllegalArgumentException("a key is missing"));
  }

  /** The values to store. */
  public static final class Writer {
    private final Map<String, String> values = new TreeMap<>();

    public Writer text(String key, String value) {
      values.put(key, value);
      return this;
    }

    public Writer text(String key, Optional<String> value) {
      value.ifPresent(present -> values.put(key, present));
      return this;
    }

    public Writer token(String key, Token value) {
      return text(key, value.reveal());
    }

    public Writer token(String key, Optional<Token> value) {
      return text(key, value.map(Token::reveal));
    }

    public Writer time(String key, Instant value) {
      return text(key, value.toString());
    }

    public Writer time(String key, Optional<Instant> value) {
      return text(key, value.map(Instant::toString));
    }

    public Map<String, String> values() {
      return new TreeMap<>(values);
    }
  }

  static Map<String, String> encoded(Map<String, String> values) {
    Map<String, String> data = new TreeMap<>();
    values.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return data;
  }
}
