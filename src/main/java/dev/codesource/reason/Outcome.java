package dev.codesource.reason;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** What one step found. A step throws only for what is a fault of the operator itself. */
public sealed interface Outcome<T> {

  /** The step succeeded. */
  record Done<T>(T value) implements Outcome<T> {}

  /** The step was answered, and the answer is no: asking again at once would not change it. */
  record Refused<T>(Problem problem) implements Outcome<T> {}

  /**
   * The step could not be answered now; time alone may change it.
   *
   * @param until when the code host said that it may be asked again; empty: it did not say
   * @param scope whom the wait is for
   */
  record Waiting<T>(Problem problem, Optional<Instant> until, Scope scope) implements Outcome<T> {}

  /** Whom a wait is for: everyone who asks this host, or only this credential. */
  enum Scope {
    HOST,
    CREDENTIAL
  }

  static <T> Outcome<T> done(T value) {
    return new Done<>(value);
  }

  static <T> Outcome<T> refused(Reason reason, String what) {
    return new Refused<>(new Problem(reason, what));
  }

  static <T> Outcome<T> waiting(Reason reason, String what) {
    return new Waiting<>(new Problem(reason, what), Optional.empty(), Scope.HOST);
  }

  static <T> Outcome<T> waiting(Reason reason, String what, Optional<Instant> until, Scope scope) {
    return new Waiting<>(new Problem(reason, what), until, scope);
  }

  /** The next step, taken only when this one succeeded. */
  default <R> Outcome<R> then(Function<? super T, Outcome<R>> next) {
    return switch (this) {
      case Done<T>(var value) -> next.apply(value);
      case Refused<T>(var problem) -> new Refused<>(problem);
      case Waiting<T>(var problem, var until, var scope) -> new Waiting<>(problem, until, scope);
    };
  }

  default <R> Outcome<R> map(Function<? super T, R> mapping) {
    return then(value -> done(mapping.apply(value)));
  }
}
