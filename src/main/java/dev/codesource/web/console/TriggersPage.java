package dev.codesource.web.console;

import dev.codesource.api.CodeSourceTrigger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The triggers of a namespace.
 *
 * @param version of the list: where a watch begins
 * @param isPart whether the namespace has more than were read
 */
record TriggersPage(String namespace, String version, List<Row> rows, boolean isPart) {

  /**
   * A trigger with its last build.
   *
   * @param image that it builds, or built last; null: none is named
   * @param last the newest build, or commit that is to be built; null: there is none
   */
  record Row(
      String name,
      String repository,
      String binding,
      StatusWord status,
      @Nullable String image,
      @Nullable BuildRow last) {

    static Row of(CodeSourceTrigger trigger, Instant now) {
      Optional<BuildRow> last = BuildRow.of(List.of(trigger)).stream().findFirst();
      return new Row(
          trigger.getMetadata().getName(),
          trigger.getSpec().repository(),
          trigger.getSpec().bindingRef().name(),
          StatusWord.of(trigger, now),
          last.map(BuildRow::image).orElse(trigger.getSpec().image()),
          last.orElse(null));
    }
  }

  /** Of this page. */
  public String path() {
    return Paths.triggers(namespace);
  }

  /** Where an account is bound, or a binding is chosen. */
  public String bindings() {
    return Paths.namespace(namespace);
  }

  /** Where changes are told. */
  public String changes() {
    return "%s?trigger=%s&version=%s".formatted(Paths.changes(namespace), Changes.ALL, version);
  }

  /** The path of a trigger. */
  public String trigger(String name) {
    return Paths.trigger(namespace, name);
  }

  /** The path of a binding. */
  public String binding(String name) {
    return Paths.binding(namespace, name);
  }

  /** What shows the same without this page. */
  public String kubectl() {
    return "kubectl -n %s get cst".formatted(namespace);
  }
}
