package dev.codesource.reason;

import static org.assertj.core.api.Assertions.assertThat;

/** What tests expect of an {@link Outcome}. */
public final class Outcomes {

  private Outcomes() {}

  /** The value of a step that succeeded. */
  public static <T> T done(Outcome<T> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<T>) outcome).value();
  }

  public static void isRefused(Outcome<?> outcome, Reason reason) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused<?>) outcome).problem().reason()).isEqualTo(reason);
  }

  /** The wait, which is for that reason. */
  public static Outcome.Waiting<?> waiting(Outcome<?> outcome, Reason reason) {
    assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
    Outcome.Waiting<?> waiting = (Outcome.Waiting<?>) outcome;
    assertThat(waiting.problem().reason()).isEqualTo(reason);
    return waiting;
  }
}
