package dev.codesource.controller.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingSpec;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Shard;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class BoundAccessTest {

  @Test
  void aBindingThatIsMissingIsSaidToBeMissing() {
    assertThat(BoundAccess.notFound("gitlab", Shard.WHOLE))
        .isEqualTo(
            new Problem(
                Reason.BindingNotFound, "There is no CodeSourceBinding gitlab in this namespace."));
  }

  /** The binding may be there, and be another operator's. */
  @Test
  void withShardsTheLabelIsNamedThatTheTriggerMayLack() {
    assertThat(BoundAccess.notFound("gitlab", new Shard(0, 2)).message())
        .isEqualTo(
            "There is no CodeSourceBinding gitlab in this namespace that has the trigger's value of the label codesource.dev/shard. Check spec.bindingRef.name, and give the trigger the label of its binding, or none if the binding has none.");
  }

  /** A build that starts without its Secret fails, and is not started again. */
  @Test
  void theSecretOfABindingThatIsNotBoundIsNotSaidToBePublished() {
    CodeSourceBinding binding = new CodeSourceBinding();
    binding.setMetadata(new ObjectMetaBuilder().withName("gitlab").withNamespace("team-a").build());
    binding.setSpec(Serialization.unmarshal("publish: [BuildKit]", BindingSpec.class));
    assertThat(BoundAccess.published(binding, Publication.BuildKit))
        .isEqualTo(
            Outcome.refused(Reason.BindingNotBound, "The CodeSourceBinding gitlab is not Bound."));

    binding.setStatus(Serialization.unmarshal("phase: Bound", BindingStatus.class));
    assertThat(BoundAccess.published(binding, Publication.BuildKit))
        .isEqualTo(Outcome.done("gitlab-buildkit"));
    assertThat(BoundAccess.published(binding, Publication.Kpack))
        .isEqualTo(
            Outcome.refused(
                Reason.SecretNotPublished,
                "The CodeSourceBinding gitlab publishes no Secret for Kpack."));
  }
}
