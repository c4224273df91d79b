package dev.codesource.codehost;

import java.util.SortedSet;

/** What a credential may do, as far as the platform tells. */
public sealed interface Scopes {

  /**
   * The platform named them.
   *
   * @param granted in the platform's own words
   * @param missing of those needed to read code and set webhooks; empty: nothing is missing
   */
  record Known(SortedSet<String> granted, SortedSet<String> missing) implements Scopes {}

  /** The platform does not tell; nothing is guessed. */
  record Unknown() implements Scopes {}
}
