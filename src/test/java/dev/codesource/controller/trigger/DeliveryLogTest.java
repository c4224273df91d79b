package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class DeliveryLogTest {

  private static final String UID = "6e0b8f2c-3d4a-4c17-9f55-0a1b2c3d4e5f";
  private static final Instant NOW = Instant.parse("2026-11-30T06:07:08Z");

  private final DeliveryLog log = new DeliveryLog();

  private static Instant at(long seconds) {
    return NOW.plusSeconds(seconds);
  }

  /** Compares, and finds something new or not. */
  private void look(boolean isNew, long seconds) {
    log.end(UID, log.begin(UID), isNew, false, at(seconds));
  }

  @Test
  void aDeliveryHasTheRepositoryComparedAtOnce() {
    assertThat(log.due(UID)).isEmpty();
    log.delivered(UID, NOW);

    assertThat(log.due(UID)).hasValue(NOW);
    assertThat(log.begin(UID).isTold()).isTrue();
    look(true, 0);
    assertThat(log.due(UID)).isEmpty();
    assertThat(log.begin(UID).isTold()).isFalse();
  }

  /** Code hosts may tell of a push before git does. */
  @Test
  void whatIsNotToBeSeenYetIsLookedForTwiceMore() {
    log.delivered(UID, NOW);
    look(false, 1);
    assertThat(log.due(UID)).hasValue(at(3));
    look(false, 3);
    assertThat(log.due(UID)).hasValue(at(13));
    look(false, 13);
    assertThat(log.due(UID)).isEmpty();
  }

  @Test
  void whatIsFoundLaterIsNotLookedForAgain() {
    log.delivered(UID, NOW);
    look(false, 1);
    assertThat(log.begin(UID).isTold()).isTrue();
    look(true, 3);

    assertThat(log.due(UID)).isEmpty();
  }

  @Test
  void manyDeliveriesAreOneComparison() {
    for (int i = 0; i < 1_000; i++) {
      log.delivered(UID, NOW);
    }
    look(true, 0);

    assertThat(log.due(UID)).isEmpty();
  }

  @Test
  void aFloodOfDeliveriesHasNoMoreThanOneComparisonInTwoSeconds() {
    log.delivered(UID, NOW);
    look(true, 1);
    log.delivered(UID, at(1));

    assertThat(log.due(UID)).hasValue(at(3));
    look(true, 3);
    log.delivered(UID, at(60));
    assertThat(log.due(UID)).hasValue(at(60));
  }

  @Test
  void aDeliveryDuringAComparisonIsLookedAtByTheNext() {
    log.delivered(UID, NOW);
    DeliveryLog.Look look = log.begin(UID);
    log.delivered(UID, at(1));
    log.end(UID, look, true, false, at(2));

    assertThat(log.due(UID)).hasValue(at(4));
    assertThat(log.begin(UID).isTold()).isTrue();
  }

  @Test
  void aChangeThatWasToldIsNoSilence() {
    log.delivered(UID, NOW);
    log.end(UID, log.begin(UID), true, true, at(1));

    assertThat(log.isSilent(UID, false, at(3600))).isFalse();
  }

  @Test
  void aChangeThatWasNotToldIsSilenceAfterAMinute() {
    log.end(UID, log.begin(UID), true, true, NOW);

    assertThat(log.isSilent(UID, false, at(59))).isFalse();
    assertThat(log.isSilent(UID, false, at(60))).isTrue();
    log.restart(UID, at(60));
    assertThat(log.isSilent(UID, false, at(60))).isFalse();
  }

  /** Nobody knows yet whether the new one works. */
  @Test
  void aDeliveryOfTheWebhookBeforeIsNoneOfTheNewOne() {
    log.delivered(UID, NOW);
    log.restart(UID, at(60));

    assertThat(log.lastDelivery(UID)).isEmpty();
    assertThat(log.due(UID)).as("the repository is compared all the same").isPresent();
  }

  /** It may have been made before there was a webhook. */
  @Test
  void aChangeRightAfterANewWebhookIsNotExpectedToBeTold() {
    log.restart(UID, NOW);
    log.end(UID, log.begin(UID), true, true, at(2));
    assertThat(log.isSilent(UID, false, at(3600))).isFalse();

    log.end(UID, log.begin(UID), true, true, at(60));
    assertThat(log.isSilent(UID, false, at(3600))).isTrue();
  }

  @Test
  void aDeliveryThatComesDuringTheComparisonTellsOfIt() {
    DeliveryLog.Look look = log.begin(UID);
    log.delivered(UID, NOW);
    log.end(UID, look, true, true, at(1));

    assertThat(log.isSilent(UID, false, at(3600))).isFalse();
  }

  @Test
  void aSilenceOfAnEarlierProcessEndsWithADelivery() {
    assertThat(log.isSilent(UID, true, NOW)).isTrue();
    log.delivered(UID, NOW);

    assertThat(log.isSilent(UID, true, NOW)).isFalse();
    log.forget(UID);
    assertThat(log.lastDelivery(UID)).isEmpty();
  }
}
