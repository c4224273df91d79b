package dev.codesource.web.console;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A field of a form.
 *
 * @param id its name in the form, too
 * @param type that of an {@code input} of HTML, or {@code textarea} or {@code select}
 * @param value what it holds; empty for a password, which is never sent back
 * @param look {@code for-token}, {@code for-oauth} or empty: with which choice it is shown
 * @param error what is wrong with it; null: nothing
 * @param options of a choice
 */
record Field(
    String id,
    String label,
    String type,
    String value,
    String look,
    @Nullable String hint,
    @Nullable String error,
    List<Option> options) {

  static Field text(String id, String label, String value) {
    return new Field(id, label, "text", value, "", null, null, List.of());
  }

  static Field area(String id, String label, String value) {
    return new Field(id, label, "textarea", value, "", null, null, List.of());
  }

  static Field password(String id, String label) {
    return new Field(id, label, "password", "", "", null, null, List.of());
  }

  static Field hidden(String id, String value) {
    return new Field(id, "", "hidden", value, "", null, null, List.of());
  }

  static Field select(String id, String label, List<Option> options) {
    return new Field(id, label, "select", "", "", null, null, options);
  }

  static Field radio(String id, String label, List<Option> options) {
    return new Field(id, label, "radio", "", "", null, null, options);
  }

  static Field checks(String id, String label, List<Option> options) {
    return new Field(id, label, "checkbox", "", "", null, null, options);
  }

  Field hint(String text) {
    return new Field(id, label, type, value, look, text, error, options);
  }

  Field look(String other) {
    return new Field(id, label, type, value, other, hint, error, options);
  }

  Field wrong(@Nullable String what) {
    return new Field(id, label, type, value, look, hint, what, options);
  }

  /** Not shown. */
  public boolean isHidden() {
    return type.equals("hidden");
  }

  /** Several inputs under one legend. */
  public boolean isChoice() {
    return type.equals("radio") || type.equals("checkbox");
  }

  /** Several lines. */
  public boolean isText() {
    return type.equals("textarea");
  }

  /** So that a password manager neither fills in nor keeps a token (argo-cd#19733). */
  public String autocomplete() {
    return type.equals("password") ? "new-password" : "off";
  }

  /** The elements that tell more about it; null: there are none. */
  public @Nullable String describedBy() {
    String ids =
        Stream.of(
                Optional.ofNullable(error).map(text -> id + "-error"),
                Optional.ofNullable(hint).map(text -> id + "-hint"))
            .flatMap(Optional::stream)
            .collect(Collectors.joining(" "));
    return ids.isEmpty() ? null : ids;
  }
}
