package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StatusWordTest {

  private static StatusWord of(String status) {
    return StatusWord.of(Sample.binding(status), Sample.NOW);
  }

  @Test
  void aProvenBindingIsBound() {
    assertThat(of("phase: Bound")).isEqualTo(new StatusWord("good", "✓", "Bound"));
  }

  @Test
  void aHostThatDoesNotAnswerIsToldWithSinceWhen() {
    assertThat(
            of(
                "phase: Bound, conditions: [{type: Reachable, status: 'False', reason: ConnectionTimedOut, lastTransitionTime: '2026-11-30T10:15:00Z'}]"))
        .isEqualTo(
            new StatusWord("wait", "!", "Bound · host not answering since 2026-11-30 10:15 UTC"));
  }

  @Test
  void theEndOfACredentialIsToldAMonthBefore() {
    assertThat(of("phase: Bound, expiresAt: '2026-12-06T13:00:00Z'").word())
        .isEqualTo("Bound · expires in 6 days");
    assertThat(of("phase: Bound, expiresAt: '2026-12-01T13:00:00Z'").word())
        .isEqualTo("Bound · expires in 1 day");
    assertThat(of("phase: Bound, expiresAt: '2026-11-30T13:00:00Z'").word())
        .isEqualTo("Bound · expires within a day");
    assertThat(of("phase: Bound, expiresAt: '2026-11-30T11:00:00Z'").word())
        .isEqualTo("Bound · expired");
    assertThat(of("phase: Bound, expiresAt: '2027-02-01T00:00:00Z'").word()).isEqualTo("Bound");
  }

  @Test
  void aFailureIsToldWithItsReason() {
    assertThat(
            of(
                "phase: Failed, conditions: [{type: Ready, status: 'False', reason: TokenRejected}]"))
        .isEqualTo(new StatusWord("bad", "✗", "Failed · TokenRejected"));
  }

  @Test
  void aPersonWhoIsWaitedForIsTold() {
    assertThat(of("phase: AwaitingAuthorization").word()).isEqualTo("Waiting for you");
  }

  @Test
  void afterHalfAMinuteWithoutAStatusTheOperatorIsAskedFor() {
    assertThat(
            StatusWord.of(
                    Sample.binding(""), Sample.NOW.minus(Duration.ofMinutes(60)).plusSeconds(10))
                .word())
        .isEqualTo("Not looked at yet");
    assertThat(
            StatusWord.of(
                    Sample.binding(""), Sample.NOW.minus(Duration.ofMinutes(60)).plusSeconds(31))
                .word())
        .isEqualTo("Not looked at yet · is the operator running?");
  }

  @Test
  void aFailureIsWorseThanAPersonWhoIsWaitedForAndThatThanBound() {
    assertThat(of("phase: Failed").rank()).isLessThan(of("phase: AwaitingAuthorization").rank());
    assertThat(of("phase: AwaitingAuthorization").rank()).isLessThan(of("phase: Bound").rank());
    assertThat(of("phase: Bound, expiresAt: '2026-12-01T13:00:00Z'").rank())
        .isLessThan(of("phase: Bound").rank());
  }

  @Test
  void aTriggerWhoseWebhookFailedIsActiveAndSaysSo() {
    assertThat(
            StatusWord.of(
                Sample.trigger(
                    "phase: Active, conditions: [{type: WebhookReady, status: 'False', reason: WebhookNotPermitted}]"),
                Sample.NOW))
        .isEqualTo(new StatusWord("wait", "!", "Active · the webhook does not work"));
  }
}
