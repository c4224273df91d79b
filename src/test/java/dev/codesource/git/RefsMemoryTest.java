package dev.codesource.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.git.RefsMemory.Share;
import org.junit.jupiter.api.Test;

class RefsMemoryTest {

  private static final int NAME = 80;
  private static final int REFS = 1_000;

  /** Of {@value #REFS} refs with names of {@value #NAME} bytes. */
  private final RefsMemory memory = new RefsMemory(REFS * 360L);

  private static int taken(Share share) {
    int refs = 0;
    while (share.takeRef(NAME)) {
      refs++;
    }
    return refs;
  }

  @Test
  void oneNamespaceGetsHalfAndLeavesSomethingForOthers() {
    try (Share one = memory.open("flood");
        Share another = memory.open("flood");
        Share good = memory.open("good")) {
      assertThat(taken(one)).isEqualTo(REFS / 2);
      assertThat(another.takeRef(NAME)).isFalse();
      assertThat(taken(good)).isEqualTo(REFS / 4);
    }
  }

  @Test
  void whatIsClosedIsGivenBackOnce() {
    Share one = memory.open("flood");
    taken(one);
    one.close();
    one.close();
    assertThat(memory.free()).isEqualTo(REFS * 360L);
    try (Share next = memory.open("flood")) {
      assertThat(taken(next)).isEqualTo(REFS / 2);
    }
  }

  /** Else a repository could never be compared. */
  @Test
  void theLongestListIsReadAlsoWithASmallHeap() {
    try (Share alone = RefsMemory.ofHeap(100 << 20).open("team-a")) {
      int average = RefFilter.MOST_BYTES / RefFilter.MOST;
      for (int i = 0; i < RefFilter.MOST; i++) {
        assertThat(alone.takeRef(average)).isTrue();
      }
    }
    assertThat(RefsMemory.ofHeap(100 << 20).free()).isLessThan(40 << 20);
  }
}
