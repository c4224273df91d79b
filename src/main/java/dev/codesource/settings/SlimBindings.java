package dev.codesource.settings;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import jakarta.inject.Singleton;

/**
 * Leaves out of bindings what the API server keeps in them for its own sake: which field was set by
 * whom is longer than the binding itself, and would be kept in memory for each.
 */
@Singleton
final class SlimBindings implements KubernetesClientObjectMapperCustomizer {

  @SuppressWarnings("UnusedMethod") // Jackson reads its annotation
  private interface WithoutManagedFields {
    @JsonIgnoreProperties("managedFields")
    void setMetadata(ObjectMeta metadata);
  }

  @Override
  public void customize(ObjectMapper mapper) {
    mapper.addMixIn(CodeSourceBinding.class, WithoutManagedFields.class);
  }
}
