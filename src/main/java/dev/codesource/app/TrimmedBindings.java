package dev.codesource.app;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.codesource.api.ApiGroup;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.runtime.UserRequest;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps bindings small in memory. Managed fields are removed, since they are longer than the
 * binding itself. So are the annotations, labels and owners that others put there: whoever may
 * create a binding may give it 1 MiB of them. Conditions share equal strings, since thousands of
 * them are the same.
 *
 * <p>The operator never writes back a whole binding: it applies the status, and patches finalizers.
 * A patch of a list counts its entries, so of the finalizers the first ones are kept, whosever they
 * are.
 */
@Singleton
final class TrimmedBindings implements KubernetesClientObjectMapperCustomizer {

  @SuppressWarnings("UnusedMethod") // Jackson reads its annotation
  private interface WithoutManagedFields {
    @JsonIgnoreProperties("managedFields")
    @JsonDeserialize(converter = Trim.class)
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

  /** Drops what no part of the operator reads. */
  public static final class Trim extends StdConverter<ObjectMeta, ObjectMeta> {
    private static final String OWN = ApiGroup.NAME + "/";

    private static final int MOST_VALUES = 16;
    private static final int MOST_FINALIZERS = 16;
    private static final int MOST_FINALIZERS_WITH_OWN = MOST_FINALIZERS + 4;

    @Override
    public ObjectMeta convert(ObjectMeta metadata) {
      metadata.setAnnotations(own(metadata.getAnnotations()));
      metadata.setLabels(own(metadata.getLabels()));
      metadata.setOwnerReferences(List.of());
      metadata.setFinalizers(first(metadata.getFinalizers()));
      metadata.setSelfLink(null);
      metadata.setGenerateName(null);
      return metadata;
    }

    private static Map<String, String> own(@Nullable Map<String, String> present) {
      if (present == null || present.isEmpty()) {
        return Map.of();
      }
      return present.entrySet().stream()
          .filter(entry -> entry.getKey().startsWith(OWN) && entry.getValue() != null)
          .sorted(Map.Entry.comparingByKey())
          .limit(MOST_VALUES)
          .collect(
              Collectors.toUnmodifiableMap(
                  Map.Entry::getKey, entry -> UserRequest.shortened(entry.getValue())));
    }

    /** The operator's own are added after the first ones, so they are kept there. */
    private static List<String> first(@Nullable List<String> finalizers) {
      List<String> kept = new ArrayList<>();
      for (String each : Objects.requireNonNullElse(finalizers, List.<String>of())) {
        if (kept.size() >= MOST_FINALIZERS_WITH_OWN
            || (kept.size() >= MOST_FINALIZERS && !each.startsWith(OWN))) {
          break;
        }
        kept.add(each);
      }
      return kept;
    }
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
        .addMixIn(CodeSourceTrigger.class, WithoutManagedFields.class)
        .addMixIn(Condition.class, OfSharedStrings.class);
  }
}
