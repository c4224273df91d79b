package dev.codesource.git;

/** Memory for refs, for tests. */
public final class TestMemory {

  private TestMemory() {}

  /** As much as anybody asks for. */
  static RefsMemory.Share plenty() {
    return new RefsMemory(Long.MAX_VALUE).open("team-a");
  }

  /**
   * So much of which one namespace gets half.
   *
   * @param bytes in total
   */
  public static RefsMemory of(long bytes) {
    return new RefsMemory(bytes);
  }

  /** In bytes, what nobody holds. */
  public static long free(RefsMemory memory) {
    return memory.free();
  }
}
