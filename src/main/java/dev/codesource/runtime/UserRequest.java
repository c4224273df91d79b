package dev.codesource.runtime;

import dev.codesource.digest.Sha256;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/**
 * What a user asks for by a new value of an annotation. Each value is handled once, and the status
 * repeats the last one.
 *
 * @param value as the status repeats it; empty: nothing is asked for
 * @param handled the value that was handled last; empty: none was
 */
public record UserRequest(Optional<String> value, Optional<String> handled) {

  /**
   * In characters. An annotation may have 256 KiB, and a status is to be short. The longest request
   * that can be met is shorter: the names of a rule and of a branch, in one to build.
   */
  public static final int LONGEST = 512;

  /** Of a longer value; with the digest and what is between the two it is as long as it may be. */
  private static final int BEGINNING = LONGEST - 64 - "… sha256:".length();

  /**
   * Reads a request. A value that is longer than the status may repeat is repeated with its
   * beginning and its digest, so that two of them are never taken for the same.
   *
   * @param handled what the status says
   */
  public static UserRequest of(HasMetadata resource, String annotation, Optional<String> handled) {
    return new UserRequest(
        Annotations.of(resource, annotation)
            .filter(value -> !value.isBlank())
            .map(UserRequest::shortened),
        handled);
  }

  /**
   * A value as it is kept and repeated: one that is too long with its beginning and its digest.
   * What is shortened already stays as it is.
   */
  public static String shortened(String value) {
    return value.codePointCount(0, value.length()) <= LONGEST
        ? value
        : "%s… sha256:%s"
            .formatted(
                value.substring(0, value.offsetByCodePoints(0, BEGINNING)), Sha256.hex(value));
  }

  /** Whether something is asked for that was not handled. */
  public boolean isOpen() {
    return value.isPresent() && !value.equals(handled);
  }

  /** Whether something is asked for that was not before, and was not handled. */
  public boolean isNewAfter(UserRequest before) {
    return isOpen() && !value.equals(before.value);
  }
}
