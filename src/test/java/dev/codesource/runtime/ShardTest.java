package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ShardTest {

  @Test
  void oneShardHasAllAndSelectsNothing() {
    assertThat(Shard.WHOLE.selector()).isEmpty();
    assertThat(Shard.WHOLE.lease("operator")).isEqualTo("operator");
    assertThat(Shard.WHOLE.holder("pod-1")).isEqualTo("pod-1");
  }

  @Test
  void theFirstHasWhatNoOtherHas() {
    assertThat(new Shard(0, 3).selector()).contains("codesource.dev/shard notin (1,2)");
    assertThat(new Shard(1, 3).selector()).contains("codesource.dev/shard=1");
    assertThat(new Shard(2, 3).lease("operator")).isEqualTo("operator-2");
  }

  @Test
  void theHolderOfALeaseTellsByWhichNumberItGoes() {
    assertThat(Shard.countOf(new Shard(0, 12).holder("pod-1"))).isEqualTo(12);
    assertThat(Shard.countOf(Shard.WHOLE.holder("pod-1"))).isEqualTo(1);
  }

  @Test
  void theFirstLooksForThoseThatAreNoMoreAndTheOthersLookAtTheFirst() {
    assertThat(new Shard(0, 14).others("operator")).containsExactly("operator-14", "operator-15");
    assertThat(new Shard(3, 14).others("operator")).containsExactly("operator");
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Shard(2, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> new Shard(-1, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> new Shard(0, Shard.MOST + 1));
  }
}
