package dev.codesource.codehost;

import java.util.SortedSet;

/** The scopes of a credential, if the platform reports them. */
public sealed interface Scopes {

  /**
   * The platform reports them.
   *
   * @param granted in the platform's notation
   * @param missing of those needed to read code and set webhooks; empty: nothing is missing
   */
  record Known(SortedSet<String> granted, SortedSet<String> missing) implements Scopes {}

  /** The platform does not report them; nothing is guessed. */
  record Unknown() implements Scopes {}
}
