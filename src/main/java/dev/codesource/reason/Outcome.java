package dev.codesource.reason;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The result of one step. A step throws only for a fault of the operator itself. */
public sealed interface Outcome<T> {

  /** The step succeeded. */
  record Done<T>(T value) implements Outcome<T> {}

  /** The step failed, and an immediate retry would not change that. */
  record Refused<T>(Problem problem) implements Outcome<T> {}

  /**
   * The step could not be completed now; a later retry may succeed.
   *
   * @param until when the code host allows the next request; empty: it did not say
   * @param scope which requests have to wait
   */
  record Waiting<T>(Problem problem, Optional<Instant> until, Scope scope) implements Outcome<T> {}

  /** Which requests have to wait: all to this host, or only those with this credential. */
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

  static <T> Outcome<T> refused(Problem problem) {
    return new Refused<>(problem);
  }

  static <T> Outcome<T> waiting(Reason reason, String what) {
    return new Waiting<>(new Problem(reason, what), Optional.empty(), Scope.HOST);
  }

  static <T> Outcome<T> waiting(Reason reason, String what, Optional<Instant> until, Scope scope) {
    return new Waiting<>(new Problem(reason, what), until, scope);
  }

  /** The step for each element, in order; the first that does not succeed ends it. */
  static <T, R> Outcome<List<R>> all(List<T> elements, Function<? super T, Outcome<R>> step) {
    List<R> values = new ArrayList<>();
    for (T element : elements) {
      Outcome<R> outcome = step.apply(element);
      if (!(outcome instanceof Done<R>(var value))) {
        return outcome.map(List::of);
      }
      values.add(value);
    }
    return done(values);
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
