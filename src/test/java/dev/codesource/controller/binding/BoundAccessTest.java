package dev.codesource.controller.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Shard;
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
}
