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
    assertThat(message(BoundAccess.published(binding, Publication.BuildKit)))
        .isEqualTo(
            "The CodeSourceBinding gitlab is not Bound; see kubectl describe csb gitlab --namespace team-a. Do what the status of the binding says.");

    binding.setStatus(Serialization.unmarshal("phase: Bound", BindingStatus.class));
    assertThat(BoundAccess.published(binding, Publication.BuildKit))
        .isEqualTo(Outcome.done("gitlab-buildkit"));
    assertThat(BoundAccess.published(binding, Publication.Kpack))
        .isEqualTo(
            Outcome.refused(
                Reason.SecretNotPublished,
                "The CodeSourceBinding gitlab publishes no Secret for Kpack."));
  }

  private static String message(Outcome<?> outcome) {
    return ((Outcome.Refused<?>) outcome).problem().message();
  }

  /** Whoever reads it looks at a trigger, not at the binding. */
  @Test
  void aTriggerIsToldWhatHoldsItsBindingUp() {
    CodeSourceBinding binding = new CodeSourceBinding();
    binding.setMetadata(new ObjectMetaBuilder().withName("gitlab").withNamespace("team-a").build());
    binding.setSpec(Serialization.unmarshal("publish: [BuildKit]", BindingSpec.class));
    binding.setStatus(
        Serialization.unmarshal(
            "conditions: [{type: Ready, status: 'False', reason: TokenRejected, message: x}]",
            BindingStatus.class));
    assertThat(message(BoundAccess.published(binding, Publication.BuildKit)))
        .isEqualTo(
            "The CodeSourceBinding gitlab is not Bound (TokenRejected); see kubectl describe csb gitlab --namespace team-a. Do what the status of the binding says.");

    Outcome<String> missing =
        Outcome.refused(Reason.SecretNotFound, "There is no Secret token in this namespace.");
    assertThat(message(BoundAccess.ofBinding(binding, missing)))
        .isEqualTo(
            "The CodeSourceBinding gitlab cannot be used: There is no Secret token in this namespace. Create it in the namespace of the binding.");
    assertThat(BoundAccess.ofBinding(binding, Outcome.done("x"))).isEqualTo(Outcome.done("x"));
  }
}
