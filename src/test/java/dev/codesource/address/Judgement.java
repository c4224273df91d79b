package dev.codesource.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;

/** How a test reads an outcome. */
final class Judgement {

  private Judgement() {}

  static SiteUrl site(String text) {
    return done(SiteUrl.parse(text));
  }

  static <T> T done(Outcome<T> outcome) {
    return switch (outcome) {
      case Outcome.Done<T>(var value) -> value;
      case Outcome.Refused<T>(var problem) -> throw new AssertionError("refused: " + problem);
      case Outcome.Waiting<T> waiting -> throw new AssertionError("waits: " + waiting);
    };
  }

  /** The sentence of a refusal for this reason. */
  static String refusal(Outcome<?> outcome, Reason reason) {
    return switch (outcome) {
      case Outcome.Refused<?>(Problem(var found, var what, _)) -> {
        assertThat(found).as(what).isEqualTo(reason);
        assertThat(what).matches("(?s)[A-Z].*[^.]\\.");
        yield what;
      }
      case Outcome.Done<?>(var value) -> throw new AssertionError("accepted as " + value);
      case Outcome.Waiting<?> waiting -> throw new AssertionError("waits: " + waiting);
    };
  }
}
