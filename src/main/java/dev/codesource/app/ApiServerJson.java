package dev.codesource.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quarkus.arc.All;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapper;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * How the objects of the API server are read. Users write managed fields, and these may be nested
 * more deeply than Jackson allows, and have longer names: the UIDs of owners are among them. One
 * object that cannot be read would stop the lists and watches of all. So what is deep or long is
 * read, and it is forgotten.
 */
@Singleton
final class ApiServerJson {

  /** The API server reads no deeper JSON (encoding/json of Go). */
  private static final int DEEPEST = 10_000;

  /** In characters. No object, of which the API server takes 3 MiB, has a longer name or text. */
  private static final int LONGEST = 4 << 20;

  @Produces
  @Singleton
  @KubernetesClientObjectMapper
  static ObjectMapper mapper(@All List<KubernetesClientObjectMapperCustomizer> customizers) {
    ObjectMapper mapper = mapper();
    customizers.forEach(customizer -> customizer.customize(mapper));
    return mapper;
  }

  /**
   * Without the table in which Jackson keeps the names of fields: it limits their number and not
   * their length, and refuses an object when too many of them have one hash.
   */
  static ObjectMapper mapper() {
    return new JsonMapper(
        JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNameLength(LONGEST)
                    .maxNumberLength(LONGEST)
                    .build())
            .build());
  }
}
