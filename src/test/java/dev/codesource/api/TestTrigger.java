package dev.codesource.api;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;

/** A trigger as the API server has it, for tests that have no API server. */
public final class TestTrigger {

  public static final String UID = "2a1f5c3e-7b6d-4e8f-9012-3456789abcde";

  /** Of one rule for the branch main and one for tags. */
  public static final String SHOP =
      """
      bindingRef: {name: gitlab}
      repository: group/shop
      interval: 10m
      image: registry.example.com/shop
      rules:
      - {name: main, branch: main}
      - {name: release, tag: 'v(?<version>[0-9.]+)', imageTags: ['${version}', '${version}-${shortSha}']}
      """;

  private TestTrigger() {}

  /** {@code team-a/shop} in its first generation. */
  public static CodeSourceTrigger withSpec(String yaml) {
    CodeSourceTrigger trigger = new CodeSourceTrigger();
    trigger.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("team-a")
            .withName("shop")
            .withUid(UID)
            .withGeneration(1L)
            .withAnnotations(new HashMap<>())
            .build());
    trigger.setSpec(Serialization.unmarshal(yaml, TriggerSpec.class));
    return trigger;
  }

  /** A status, from YAML. */
  public static TriggerStatus status(String yaml) {
    return Serialization.unmarshal(yaml, TriggerStatus.class);
  }
}
