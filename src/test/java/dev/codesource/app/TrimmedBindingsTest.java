package dev.codesource.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.git.RefFilter;
import dev.codesource.runtime.UserRequest;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrimmedBindingsTest {

  private final ObjectMapper mapper = ApiServerJson.mapper();
  private final KubernetesSerialization serialization = new KubernetesSerialization(mapper, true);

  TrimmedBindingsTest() {
    new TrimmedBindings().customize(mapper);
  }

  private CodeSourceBinding read(String metadata) {
    return serialization.unmarshal(
        """
        {"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceBinding",
         "metadata":{"name":"b","namespace":"team","uid":"u","resourceVersion":"7",%s},
         "spec":{"platform":"GitLab","username":"alice"}}"""
            .formatted(metadata),
        CodeSourceBinding.class);
  }

  private static String entries(String prefix, int count, String value) {
    return IntStream.range(0, count)
        .mapToObj(number -> "\"%s%d\":\"%s\"".formatted(prefix, number, value))
        .collect(Collectors.joining(","));
  }

  private static String list(Stream<String> texts) {
    return texts.map(text -> '"' + text + '"').collect(Collectors.joining(",", "[", "]"));
  }

  @Test
  void whatOthersPutIntoABindingIsNotKept() {
    CodeSourceBinding binding =
        read(
            """
            "annotations":{%s,"codesource.dev/requested-at":"now"},
            "labels":{%s,"codesource.dev/shard":"1"},
            "ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"p"}],
            "managedFields":[{"manager":"m"}]"""
                .formatted(
                    entries("example.com/a", 10, "x".repeat(25_000)),
                    entries("example.com/l", 10_000, "x")));

    assertThat(binding.getMetadata().getAnnotations())
        .hasSize(1)
        .containsEntry("codesource.dev/requested-at", "now");
    assertThat(binding.getMetadata().getLabels())
        .hasSize(1)
        .containsEntry("codesource.dev/shard", "1");
    assertThat(binding.getMetadata().getOwnerReferences()).isEmpty();
    assertThat(binding.getMetadata().getManagedFields()).isEmpty();
  }

  @Test
  void whatIsCalledTheOperatorsOwnIsBoundedToo() {
    CodeSourceBinding binding =
        read("\"annotations\":{%s}".formatted(entries("codesource.dev/a", 100, "x".repeat(2_000))));

    assertThat(binding.getMetadata().getAnnotations()).hasSizeLessThanOrEqualTo(16);
    assertThat(binding.getMetadata().getAnnotations().values())
        .allSatisfy(value -> assertThat(value).hasSizeLessThanOrEqualTo(UserRequest.LONGEST));
  }

  @Test
  void twoLongRequestsAreNotTakenForTheSame() {
    String beginning = "x".repeat(2_000);

    assertThat(requested(beginning + "1").value()).isNotEqualTo(requested(beginning + "2").value());
  }

  /** Else the status would never repeat it as it was read, and it would be handled for ever. */
  @Test
  void aRequestIsNotCutWithinACharacter() {
    IntStream.range(0, 4)
        .mapToObj(
            before -> requested("x".repeat(before) + "😀".repeat(1_000)).value().orElseThrow())
        .forEach(value -> assertThat(new String(value.getBytes(UTF_8), UTF_8)).isEqualTo(value));
  }

  @Test
  void aRequestForTheLongestBranchIsReadInFull() {
    String asked = "release@refs/heads/" + "b".repeat(RefFilter.MAX_NAME) + " 1";

    assertThat(requested(asked).value()).hasValue(asked);
  }

  private UserRequest requested(String value) {
    return UserRequest.of(
        read("\"annotations\":{\"codesource.dev/requested-at\":\"%s\"}".formatted(value)),
        CodeSourceBinding.REQUESTED_AT,
        Optional.empty());
  }

  @Test
  void theFirstFinalizersKeepTheirPlaceSinceAPatchCountsThem() {
    assertThat(
            read("\"finalizers\":[\"a.example/x\",\"codesource.dev/revoke\",\"b.example/y\"]")
                .getMetadata()
                .getFinalizers())
        .containsExactly("a.example/x", "codesource.dev/revoke", "b.example/y");
  }

  @Test
  void ofManyFinalizersTheFirstAndTheOwnBehindThemAreKept() {
    List<String> others = IntStream.range(0, 16).mapToObj(number -> "a.example/" + number).toList();
    Stream<String> all =
        Stream.of(
                others.stream(),
                Stream.of("codesource.dev/revoke"),
                IntStream.range(0, 50_000).mapToObj(number -> "b.example/" + number))
            .flatMap(each -> each);

    List<String> kept = read("\"finalizers\":" + list(all)).getMetadata().getFinalizers();

    assertThat(kept).hasSize(17).startsWith(others.toArray(String[]::new));
    assertThat(kept).last().isEqualTo("codesource.dev/revoke");
  }
}
