package dev.codesource.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.git.RefFilter;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserRequestTest {

  private static UserRequest request(String value, Optional<String> handled) {
    ConfigMap resource =
        new ConfigMapBuilder()
            .withNewMetadata()
            .addToAnnotations("ask", value)
            .endMetadata()
            .build();
    return UserRequest.of(resource, "ask", handled);
  }

  private static String shown(String value) {
    return request(value, Optional.empty()).value().orElseThrow();
  }

  @Test
  void aNewValueIsOpenUntilItIsHandled() {
    UserRequest first = request("1", Optional.empty());
    assertThat(first.isOpen()).isTrue();
    assertThat(request("1", first.value()).isOpen()).isFalse();
    assertThat(request("2", first.value()).isOpen()).isTrue();
  }

  @Test
  void whatWasAskedForBeforeIsNotNew() {
    UserRequest first = request("1", Optional.empty());
    assertThat(request("1", Optional.empty()).isNewAfter(first)).isFalse();
    assertThat(request("2", Optional.empty()).isNewAfter(first)).isTrue();
    assertThat(request("2", Optional.of("2")).isNewAfter(first)).as("it was handled").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n"})
  void whatIsBlankAsksForNothing(String value) {
    assertThat(request(value, Optional.empty()).value()).isEmpty();
    assertThat(request(value, Optional.of("1")).isOpen()).isFalse();
  }

  @Test
  void aResourceWithoutTheAnnotationAsksForNothing() {
    ConfigMap bare = new ConfigMapBuilder().withNewMetadata().endMetadata().build();
    assertThat(UserRequest.of(bare, "ask", Optional.of("1")).isOpen()).isFalse();
  }

  /** An annotation of 256 KiB would be in the status, and so twice in every cache. */
  @Test
  void aLongValueIsHandledLikeAnyOtherAndRepeatedShort() {
    String long1 = "x".repeat(200_000) + "1";
    String long2 = "x".repeat(200_000) + "2";

    assertThat(shown(long1)).hasSize(UserRequest.LONGEST).startsWith("xxx").contains("… sha256:");
    assertThat(request(long1, Optional.of(shown(long1))).isOpen()).isFalse();
    assertThat(request(long2, Optional.of(shown(long1))).isOpen()).isTrue();
  }

  @Test
  void aValueOfTheGreatestLengthIsRepeatedAsItIs() {
    Stream.of("x", "ü", "😀")
        .map(each -> each.repeat(UserRequest.LONGEST))
        .forEach(
            value -> {
              assertThat(shown(value)).isEqualTo(value);
              String longer = shown(value + "x");
              assertThat(longer.codePointCount(0, longer.length())).isEqualTo(UserRequest.LONGEST);
              assertThat(longer)
                  .as("no half of a character")
                  .isEqualTo(new String(longer.getBytes(UTF_8), UTF_8));
            });
  }

  @Test
  void ofTheLongestRequestToBuildTheRuleAndTheRefAreLeft() {
    String asked = "r".repeat(63) + "@" + "refs/heads/" + "b".repeat(RefFilter.MAX_NAME);
    assertThat(shown(asked + " " + "2026-11-30T06:07:08Z ".repeat(100))).startsWith(asked + " ");
  }
}
