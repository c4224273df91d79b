package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.TestBinding;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnershipTest {

  private final CodeSourceBinding binding =
      TestBinding.withSpec("platform: GitLab\nusername: alice\n");
  private final OwnerReference own = Ownership.reference(binding);

  private static ObjectMeta ownedBy(OwnerReference... owners) {
    return new ObjectMetaBuilder().withName("code-oauth").withOwnerReferences(owners).build();
  }

  private OwnerReferenceBuilder other() {
    return new OwnerReferenceBuilder(own).withUid("another");
  }

  @Test
  void whatAnotherBindingControlsIsItsOwn() {
    assertThat(Ownership.isOfOther(binding, ownedBy(other().build()))).isTrue();
    assertThat(
            Ownership.isOfOther(
                binding, ownedBy(other().withApiVersion("codesource.dev/v9").build())))
        .isTrue();
  }

  @Test
  void whatAPersonOrAnotherToolWroteIsNot() {
    assertThat(Ownership.isOfOther(binding, ownedBy())).isFalse();
    assertThat(
            Ownership.isOfOther(
                binding,
                ownedBy(
                    other()
                        .withApiVersion("external-secrets.io/v1")
                        .withKind("ExternalSecret")
                        .build())))
        .isFalse();
    assertThat(Ownership.isOfOther(binding, ownedBy(other().withController(false).build())))
        .isFalse();
  }

  @Test
  void whatTheBindingItselfControlsIsNot() {
    ObjectMeta labelled = ownedBy(own);
    labelled.setLabels(Map.of("app.kubernetes.io/managed-by", "code-source-operator"));
    assertThat(Ownership.isOfOther(binding, labelled)).isFalse();
  }

  @Test
  void whatLostItsBindingIsStillNobodyElses() {
    ObjectMeta orphan = ownedBy();
    orphan.setLabels(Map.of("app.kubernetes.io/managed-by", "code-source-operator"));
    assertThat(Ownership.isOfOther(binding, orphan)).isTrue();
    orphan.setLabels(Map.of("app.kubernetes.io/managed-by", "Helm"));
    assertThat(Ownership.isOfOther(binding, orphan)).isFalse();
  }
}
