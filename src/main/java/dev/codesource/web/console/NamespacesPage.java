package dev.codesource.web.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The start page.
 *
 * @param isListed whether the visitor may list namespaces; else they type one, or choose one of
 *     their projects
 * @param isAll whether these are all that there are
 */
record NamespacesPage(boolean isListed, List<Row> rows, boolean isAll) {

  /** For who may not list namespaces. */
  static NamespacesPage ofProjects(List<String> projects) {
    return new NamespacesPage(
        false,
        projects.stream().map(name -> new Row(name, "", null)).toList(),
        projects.size() < Projects.MOST);
  }

  /**
   * A namespace.
   *
   * @param count of its bindings; empty: the visitor may not see those of all namespaces at once
   * @param worst the worst state of them; null: there are none, or not known
   */
  record Row(String name, String count, @Nullable StatusWord worst) {

    /** Of its page. */
    public String path() {
      return Paths.namespace(name);
    }
  }
}
