package dev.codesource.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrimmedBindingsTest {

  private final ObjectMapper mapper = new ObjectMapper();
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
        .allSatisfy(value -> assertThat(value).hasSizeLessThanOrEqualTo(256));
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

  @Test
  void managedFieldsThatAreNestedDeeplyAreSkipped() {
    int depth = 5_000;
    String deep = "{\"f:a\":".repeat(depth) + "{}" + "}".repeat(depth);

    CodeSourceBinding binding =
        read("\"managedFields\":[{\"manager\":\"m\",\"fieldsV1\":%s}]".formatted(deep));

    assertThat(binding.getMetadata().getName()).isEqualTo("b");
  }

  /** Managed fields have the UIDs of owners and the names of variables as the names of fields. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        CodeSourceBinding.class,
        CodeSourceTrigger.class,
        Secret.class,
        GenericKubernetesResource.class
      })
  void oneFieldWithALongNameDoesNotStopTheReadingOfAll(Class<? extends HasMetadata> type) {
    String object =
        """
        {"metadata":{"name":"b","namespace":"team","managedFields":[
          {"manager":"m","fieldsV1":{"f:metadata":{"k:{\\"uid\\":\\"%s\\"}":{}}}}]}}"""
            .formatted("u".repeat(1_400_000));

    assertThat(serialization.unmarshal(object, type).getMetadata().getName()).isEqualTo("b");
    assertThat(
            serialization
                .unmarshal(new ByteArrayInputStream(object.getBytes(StandardCharsets.UTF_8)), type)
                .getMetadata()
                .getName())
        .isEqualTo("b");
  }
}
