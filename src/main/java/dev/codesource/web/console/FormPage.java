package dev.codesource.web.console;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A form, or a question that is answered with one button.
 *
 * @param action where it is sent
 * @param back the page to which Cancel leads
 * @param isDangerous whether something goes: then Cancel is what the keyboard stands on
 * @param facts what the person should know before
 * @param problems what is wrong with what was sent before
 * @param kubectl the commands that do the same; null: none are shown
 */
record FormPage(
    String title,
    @Nullable String intro,
    String action,
    String back,
    String button,
    boolean isDangerous,
    List<Group> groups,
    List<String> facts,
    List<Wrong> problems,
    @Nullable String kubectl) {

  /**
   * Fields that belong together.
   *
   * @param legend what is shown while they are folded; null: they are not
   */
  record Group(@Nullable String legend, boolean isOpen, List<Field> fields) {

    static Group of(Field... fields) {
      return new Group(null, true, List.of(fields));
    }

    static Group folded(String legend, Field... fields) {
      return new Group(legend, false, List.of(fields));
    }

    /** Whether a person has to open it. */
    public boolean isFolded() {
      return legend != null;
    }

    private Group with(List<Wrong> problems) {
      List<Field> marked =
          fields.stream()
              .map(
                  field ->
                      field.wrong(
                          problems.stream()
                              .filter(wrong -> field.id().equals(wrong.field()))
                              .map(Wrong::message)
                              .findFirst()
                              .orElse(null)))
              .toList();
      return new Group(
          legend, isOpen || marked.stream().anyMatch(field -> field.error() != null), marked);
    }
  }

  /**
   * What is wrong.
   *
   * @param field the field; null: it is not a matter of one field
   */
  record Wrong(@Nullable String field, String message) {}

  static FormPage of(String title, String action, String back, String button, Group... groups) {
    return new FormPage(
        title, null, action, back, button, false, List.of(groups), List.of(), List.of(), null);
  }

  /** A question whose answer takes something away. */
  static FormPage dangerous(
      String title,
      String action,
      String back,
      String button,
      List<String> facts,
      Group... groups) {
    return new FormPage(
        title, null, action, back, button, true, List.of(groups), facts, List.of(), null);
  }

  FormPage intro(String text) {
    return new FormPage(
        title, text, action, back, button, isDangerous, groups, facts, problems, kubectl);
  }

  FormPage kubectl(String commands) {
    return new FormPage(
        title, intro, action, back, button, isDangerous, groups, facts, problems, commands);
  }

  /** The same form, which says what is wrong. */
  FormPage with(List<Wrong> wrongs) {
    return new FormPage(
        title,
        intro,
        action,
        back,
        button,
        isDangerous,
        groups.stream().map(group -> group.with(wrongs)).toList(),
        facts,
        wrongs.stream()
            .map(
                wrong ->
                    new Wrong(
                        Optional.ofNullable(wrong.field()).filter(this::has).orElse(null),
                        wrong.message()))
            .toList(),
        kubectl);
  }

  private boolean has(String field) {
    return groups.stream()
        .flatMap(group -> group.fields().stream())
        .anyMatch(each -> each.id().equals(field) && !each.isHidden());
  }
}
