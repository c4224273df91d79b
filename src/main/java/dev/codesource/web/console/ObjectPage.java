package dev.codesource.web.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the pages of bindings and triggers have in common: object.html shows it. */
interface ObjectPage {

  String name();

  /** Of this page. */
  String path();

  /** Where changes of the object are told. */
  String changes();

  StatusWord status();

  /** What was observed; null: nothing yet. */
  @Nullable String sentence();

  /** What is to be done; null: nothing. */
  @Nullable Todo todo();

  List<Step> steps();

  List<Fact> facts();

  boolean mayChange();

  boolean isSuspended();

  List<BuildRow> builds();

  List<EventRow> events();

  /** What the visitor would have to be allowed to see Events; null: nothing. */
  @Nullable String eventsMissing();

  /** The commands that do what this page does. */
  String kubectl();

  String yaml();
}
