package dev.codesource.api;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A trigger as the API server has it, for tests that have no API server. */
public final class NamedTrigger {

  private NamedTrigger() {}

  /** In {@code team-a}, for {@code group/shop} with the binding {@code gitlab}. */
  public static CodeSourceTrigger named(String name) {
    return named(
        name,
        """
        bindingRef: {name: gitlab}
        repository: group/shop
        rules: [{name: main, branch: main}]
        """);
  }

  public static CodeSourceTrigger named(String name, String spec) {
    CodeSourceTrigger trigger = new CodeSourceTrigger();
    trigger.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("team-a")
            .withName(name)
            .withUid(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString())
            .withGeneration(1L)
            .withCreationTimestamp("2026-01-01T00:00:00Z")
            .build());
    trigger.setSpec(Serialization.unmarshal(spec, TriggerSpec.class));
    return trigger;
  }

  /** With these finalizers and no others. */
  public static void setFinalizers(CodeSourceTrigger trigger, String... finalizers) {
    trigger.getMetadata().setFinalizers(new ArrayList<>(List.of(finalizers)));
  }
}
