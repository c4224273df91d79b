package dev.codesource.builder;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NamespaceSlotsTest {

  private final NamespaceSlots slots = new NamespaceSlots(5);

  @Test
  void noMoreAreReservedThanThereAre() {
    assertThat(slots.reserve("team-a", () -> 3, 4)).isEqualTo(2);
    assertThat(slots.reserve("team-b", () -> 0, 4)).isEqualTo(4);
    assertThat(slots.reserve("team-c", () -> 9, 4)).isZero();
  }

  /** Two triggers of a namespace may start builds at the same time. */
  @Test
  void whatIsReservedIsNotReservedAgainUntilItIsReleased() {
    assertThat(slots.reserve("team-a", () -> 0, 4)).isEqualTo(4);
    assertThat(slots.reserve("team-a", () -> 0, 4)).isEqualTo(1);
    assertThat(slots.reserve("team-a", () -> 0, 4)).isZero();

    slots.release("team-a", 4);
    assertThat(slots.reserve("team-a", () -> 0, 9)).isEqualTo(4);
    slots.release("team-a", 4);
    slots.release("team-a", 1);
    assertThat(slots.reserve("team-a", () -> 0, 9)).isEqualTo(5);
  }
}
