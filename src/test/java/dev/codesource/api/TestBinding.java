package dev.codesource.api;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;

/** A binding as the API server has it, for tests that have no API server. */
public final class TestBinding {

  public static final String UID = "6e0b8f2c-3d4a-4c17-9f55-0a1b2c3d4e5f";

  private TestBinding() {}

  /** {@code team-a/build}. */
  public static CodeSourceBinding withSpec(String yaml) {
    CodeSourceBinding binding = new CodeSourceBinding();
    binding.setMetadata(
        new ObjectMetaBuilder().withNamespace("team-a").withName("build").withUid(UID).build());
    binding.setSpec(Serialization.unmarshal(yaml, BindingSpec.class));
    return binding;
  }
}
