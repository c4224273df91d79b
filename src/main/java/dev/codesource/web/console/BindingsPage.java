package dev.codesource.web.console;

import dev.codesource.api.Platform;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The bindings of a namespace.
 *
 * @param path of this page with its filters
 * @param version of the list: where a watch begins
 * @param total how many there are, of which {@code rows} are those that the filters let through
 * @param isPart whether the namespace has more than were read
 * @param missing what the visitor would have to be allowed to bind an account; null: nothing
 */
record BindingsPage(
    String namespace,
    String path,
    String version,
    List<BindingRow> rows,
    int total,
    boolean isPart,
    @Nullable String missing,
    String status,
    String platform,
    String text) {

  /** The path of this page without its filters. */
  public String all() {
    return Paths.namespace(namespace);
  }

  /** Where an account is bound. */
  public String bind() {
    return Paths.bind(namespace);
  }

  /** The triggers of the namespace. */
  public String triggers() {
    return Paths.triggers(namespace);
  }

  /** Where changes are told. */
  public String changes() {
    return "%s?version=%s".formatted(Paths.changes(namespace), version);
  }

  /** The path of a binding. */
  public String binding(String name) {
    return Paths.binding(namespace, name);
  }

  /** The platforms that an account can be on. */
  public List<String> platforms() {
    return Stream.of(Platform.values()).map(Platform::name).toList();
  }

  /** For the filter. */
  public List<Option> statuses() {
    return StatusWord.KINDS.stream().map(each -> Option.of(each, status)).toList();
  }

  /** For the filter. */
  public List<Option> platformChoices() {
    return platforms().stream().map(each -> Option.of(each, platform)).toList();
  }

  /** What binds an account without this page. */
  public String kubectl() {
    return Kubectl.bind(namespace, "gitlab", "GitLab", "https://gitlab.com", "alice");
  }
}
