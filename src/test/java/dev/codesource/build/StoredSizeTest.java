package dev.codesource.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.git.Refs;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What docs/scale.md says of the size of what is stored for a trigger. */
class StoredSizeTest {

  private static final String[] WORDS = {
    "login", "checkout", "search", "cart", "fix", "update", "remove", "cache", "export", "invoice"
  };

  private final Random random = new Random(1);

  private String commit() {
    byte[] id = new byte[20];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private String word() {
    return WORDS[random.nextInt(WORDS.length)];
  }

  /** Names as people and robots give them, of 34 bytes on average. */
  private Refs refs(int branches, int tags) {
    Refs.Builder refs = new Refs.Builder();
    for (int i = 0; i < branches; i++) {
      refs.add("refs/heads/feature/PROJ-%d-%s-%s".formatted(1_000 + i, word(), word()), commit());
    }
    for (int i = 0; i < tags; i++) {
      refs.add("refs/tags/v%d.%d.%d".formatted(i / 100, i / 10 % 10, i % 10), commit());
    }
    return refs.build();
  }

  /** As the Secret has it: in Base64. */
  private static int stored(Refs refs) {
    SeenRefs seen = SeenRefs.of(refs, Set.of());
    return (seen.branches().toBytes().length + seen.tags().toBytes().length) * 4 / 3;
  }

  @Test
  void aThousandBranchesTakeLessThan40KilobytesAndAThousandTagsLessThan20() {
    assertThat(stored(refs(1_000, 0))).isBetween(25_000, 40_000);
    assertThat(stored(refs(0, 1_000))).isBetween(12_000, 20_000);
  }

  @Test
  void fiftyThousandTagsFitIntoASecret() {
    assertThat(stored(refs(0, 50_000))).isLessThan(1_000_000);
  }
}
