package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.reason.Reason;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is to be done about a reason, and what of it this page does.
 *
 * @param remedy that of the reason
 * @param words what this page adds to it, as a sentence; empty: nothing
 * @param actions the links and buttons; empty: others have to do it, or the visitor may not
 */
record Todo(String reason, String remedy, String words, List<Action> actions) {

  /**
   * A link, or a button that is pressed and is done.
   *
   * @param path of the page that the link shows, or of what the button sends
   */
  record Action(String label, String path, Kind kind) {

    /** How it is shown. */
    enum Kind {
      LINK,
      BUTTON,
      /** A button that says that the object is not suspended. */
      RESUME
    }

    private static Action link(String label, String path) {
      return new Action(label, path, Kind.LINK);
    }

    private static Action button(String label, String path) {
      return new Action(label, path, Kind.BUTTON);
    }

    private static Action resume(String page) {
      return new Action("Resume", page + "/suspend", Kind.RESUME);
    }

    /** Shows a page. */
    public boolean isLink() {
      return kind == Kind.LINK;
    }

    /** Ends a suspension. */
    public boolean isResume() {
      return kind == Kind.RESUME;
    }
  }

  /**
   * On the page of a binding.
   *
   * @param hasButton whether the page has the button or the code with which it is authorized
   */
  static Todo of(Reason reason, CodeSourceBinding binding, boolean hasButton, boolean mayChange) {
    RemedyActions offered = RemedyActions.about(reason);
    String page =
        Paths.binding(binding.getMetadata().getNamespace(), binding.getMetadata().getName());
    boolean isLed = hasButton && offered.actions().contains(RemedyAction.AUTHORIZE);
    return new Todo(
        reason.name(),
        reason.remedy(),
        isLed
            ? "Use the button below, and log on as %s: any other account is refused."
                .formatted(binding.getSpec().username())
            : offered.words(),
        mayChange
            ? offered.actions().stream()
                .flatMap(action -> onBinding(action, page, binding, hasButton).stream())
                .toList()
            : List.of());
  }

  private static Optional<Action> onBinding(
      RemedyAction action, String page, CodeSourceBinding binding, boolean hasButton) {
    return switch (action) {
      case REPLACE_TOKEN ->
          Optional.of(
              binding.getSpec().tokenSecretRef() == null
                  ? changeAccess(page)
                  : Action.link("Replace token", page + "/token"));
      case CHANGE_ACCESS -> Optional.of(changeAccess(page));
      case EDIT_BINDING -> Optional.of(Action.link("Edit", page + "/edit"));
      case AUTHORIZE -> hasButton ? Optional.empty() : Optional.of(check(page));
      case CHECK -> Optional.of(check(page));
      case RESUME -> Optional.of(Action.resume(page));
      case OPEN_BINDING, EDIT_TRIGGER, BUILD -> Optional.empty();
    };
  }

  private static Action changeAccess(String page) {
    return Action.link("Change access", page + "/access");
  }

  private static Action check(String page) {
    return Action.button("Check now", page + "/check");
  }

  /** On the page of a trigger: what is wrong with its binding is mended on that one's page. */
  static Todo of(Reason reason, CodeSourceTrigger trigger, boolean mayChange) {
    RemedyActions offered = RemedyActions.about(reason);
    return new Todo(
        reason.name(),
        reason.remedy(),
        offered.words(),
        mayChange
            ? offered.actions().stream()
                .flatMap(action -> onTrigger(action, trigger))
                .distinct()
                .toList()
            : List.of());
  }

  private static Stream<Action> onTrigger(RemedyAction action, CodeSourceTrigger trigger) {
    String namespace = trigger.getMetadata().getNamespace();
    String page = Paths.trigger(namespace, trigger.getMetadata().getName());
    String binding = Paths.binding(namespace, trigger.getSpec().bindingRef().name());
    return Stream.of(
        switch (action) {
          case REPLACE_TOKEN, CHANGE_ACCESS, AUTHORIZE, OPEN_BINDING ->
              Action.link("Open the binding", binding);
          case EDIT_BINDING -> Action.link("Edit the binding", binding + "/edit");
          case EDIT_TRIGGER -> Action.link("Edit", page + "/edit");
          case BUILD -> Action.link("Build now", page + "#build");
          case CHECK -> Action.button("Compare now", page + "/check");
          case RESUME -> Action.resume(page);
        });
  }
}
