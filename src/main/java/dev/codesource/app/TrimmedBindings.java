package dev.codesource.app;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import jakarta.inject.Singleton;

/**
 * Keeps bindings small in memory. Managed fields are removed, since they are longer than the
 * binding itself. Conditions share equal strings, since thousands of them are the same.
 */
@Singleton
final class TrimmedBindings implements KubernetesClientObjectMapperCustomizer {

  @SuppressWarnings("UnusedMethod") // Jackson reads its annotation
  private interface WithoutManagedFields {
    @JsonIgnoreProperties("managedFields")
    void setMetadata(ObjectMeta metadata);
  }

  @SuppressWarnings("UnusedMethod")
  private interface OfSharedStrings {
    @JsonDeserialize(converter = Shared.class)
    void setType(String type);

    @JsonDeserialize(converter = Shared.class)
    void setStatus(String status);

    @JsonDeserialize(converter = Shared.class)
    void setReason(String reason);

    @JsonDeserialize(converter = Shared.class)
    void setMessage(String message);

    @JsonDeserialize(converter = Shared.class)
    void setLastTransitionTime(String time);
  }

  /** The JVM's own pool keeps a string only while it is referenced elsewhere. */
  public static final class Shared extends StdConverter<String, String> {
    @Override
    public String convert(String value) {
      return value.intern();
    }
  }

  @Override
  public void customize(ObjectMapper mapper) {
    mapper
        .addMixIn(CodeSourceBinding.class, WithoutManagedFields.class)
        .addMixIn(Condition.class, OfSharedStrings.class);
  }
}
