package dev.codesource.web.console;

import dev.codesource.web.Html;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What each page of the console has besides its content.
 *
 * @param trail the way to this page, from the start page
 * @param username who is logged in; null: nobody
 * @param isWide whether it is a page with tables; else lines of text stay short
 */
record Layout(
    String title, String style, List<Crumb> trail, @Nullable String username, boolean isWide) {

  /** A page on the way to this one. */
  record Crumb(String name, String path) {

    static final Crumb START = new Crumb("Namespaces", "/");

    static Crumb namespace(String name) {
      return new Crumb(name, Paths.namespace(name));
    }

    static Crumb binding(String namespace, String name) {
      return new Crumb(name, Paths.binding(namespace, name));
    }

    static Crumb trigger(String namespace, String name) {
      return new Crumb(name, Paths.trigger(namespace, name));
    }
  }

  static Layout of(String title, Optional<Visitor> visitor, Crumb... trail) {
    return new Layout(
        title, Html.STYLE, List.of(trail), visitor.map(Visitor::username).orElse(null), false);
  }

  /** The same, of a page with tables. */
  Layout wide() {
    return new Layout(title, style, trail, username, true);
  }
}
