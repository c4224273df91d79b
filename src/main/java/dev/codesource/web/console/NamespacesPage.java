package dev.codesource.web.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The start page.
 *
 * @param isListed whether the visitor may list namespaces; else they type one
 */
record NamespacesPage(boolean isListed, List<Row> rows) {

  /**
   * A namespace.
   *
   * @param count of its bindings; empty: the visitor may not see those of all namespaces at once
   * @param worst the worst state of them; null: there are none, or not known
   */
  record Row(String name, String count, @Nullable StatusWord worst) {}
}
