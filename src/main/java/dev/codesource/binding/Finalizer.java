package dev.codesource.binding;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;

/** Something at a code host that the deletion of some bindings waits for. */
interface Finalizer {

  /** The finalizer of those bindings. */
  String finalizer();

  /**
   * Does it, or what is left of it.
   *
   * @return whether it is done, which it never will be where the platform has no way to; or why it
   *     is not, or not yet
   */
  Outcome<Boolean> attempt(CodeSourceBinding binding);

  /** What the user is told when the binding goes without. */
  Problem undone(CodeSourceBinding binding, String why);
}
