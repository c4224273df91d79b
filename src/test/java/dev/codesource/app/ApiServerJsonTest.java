package dev.codesource.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiServerJsonTest {

  private final ObjectMapper mapper = ApiServerJson.mapper(List.of(new TrimmedBindings()));
  private final KubernetesSerialization serialization = new KubernetesSerialization(mapper, true);

  @Test
  void managedFieldsThatAreNestedDeeplyAreSkipped() {
    int depth = 5_000;
    String deep = "{\"f:a\":".repeat(depth) + "{}" + "}".repeat(depth);

    String object =
        """
        {"metadata":{"name":"b","managedFields":[{"manager":"m","fieldsV1":%s}]}}"""
            .formatted(deep);

    assertThat(serialization.unmarshal(object, CodeSourceBinding.class).getMetadata().getName())
        .isEqualTo("b");
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

  /** A megabyte in each of many objects would fill the heap. */
  @Test
  void namesOfFieldsAreNotRemembered() throws IOException {
    String object = "{\"%s\":1}".formatted("u".repeat(1_000));
    byte[] bytes = object.getBytes(StandardCharsets.UTF_8);

    assertThat(firstName(mapper.createParser(bytes)))
        .isEqualTo(firstName(mapper.createParser(bytes)))
        .isNotSameAs(firstName(mapper.createParser(bytes)));
    assertThat(firstName(mapper.createParser(new ByteArrayInputStream(bytes))))
        .isNotSameAs(firstName(mapper.createParser(new ByteArrayInputStream(bytes))));
    assertThat(firstName(mapper.createParser(new StringReader(object))))
        .isNotSameAs(firstName(mapper.createParser(new StringReader(object))));
  }

  private static String firstName(JsonParser parser) throws IOException {
    try (parser) {
      parser.nextToken();
      return parser.nextFieldName();
    }
  }
}
