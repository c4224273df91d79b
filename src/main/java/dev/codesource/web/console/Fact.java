package dev.codesource.web.console;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a page tells in one line. */
record Fact(String name, String value) {

  /** Those that are known. */
  static final class Known {
    private final List<Fact> all = new ArrayList<>();

    Known and(String name, @Nullable String value) {
      if (value != null && !value.isBlank()) {
        all.add(new Fact(name, value));
      }
      return this;
    }

    List<Fact> all() {
      return List.copyOf(all);
    }
  }
}
