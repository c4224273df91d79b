package dev.codesource.web.console;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;

/** Objects as {@code kubectl get -o yaml} shows them. */
final class Yaml {

  /** Each level takes a part of the stack of the thread that reads it. */
  private static final int DEEPEST = 50;

  private Yaml() {}

  static String of(KubernetesSerialization serialization, HasMetadata object) {
    Map<?, ?> all = serialization.convertValue(object, Map.class);
    if (all.get("metadata") instanceof Map<?, ?> metadata) {
      metadata.remove("managedFields");
    }
    return serialization.asYaml(all);
  }

  /**
   * What a person typed, as JSON. Aliases are not read: each can stand for many others, so a few
   * hundred characters can mean more than the memory holds.
   *
   * @throws RuntimeException if it is not YAML, has an alias, or is nested too deeply
   */
  static String toJson(KubernetesSerialization serialization, String yaml) {
    int depth = 0;
    for (Event event : new Parse(LoadSettings.builder().build()).parseString(yaml)) {
      depth +=
          switch (event.getEventId()) {
            case SequenceStart, MappingStart -> 1;
            case SequenceEnd, MappingEnd -> -1;
            default -> 0;
          };
      if (event.getEventId() == Event.ID.Alias || depth > DEEPEST) {
        throw new IllegalArgumentException("an alias, or nested too deeply");
      }
    }
    return serialization.convertToJson(yaml);
  }
}
