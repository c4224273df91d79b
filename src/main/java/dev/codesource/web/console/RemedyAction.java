package dev.codesource.web.console;

/** What a person can do on the pages of a binding and of a trigger. */
enum RemedyAction {
  /** Stores another token in the Secret of the binding. */
  REPLACE_TOKEN,
  /** Proves the access in another way, or with a Secret made anew. */
  CHANGE_ACCESS,
  /** Gives the access at the code host, with the button that the page of the binding has. */
  AUTHORIZE,
  EDIT_BINDING,
  /** Looks at the binding of a trigger. */
  OPEN_BINDING,
  EDIT_TRIGGER,
  /** Has a commit built again. */
  BUILD,
  /** Has the operator look again at once. */
  CHECK,
  /** Ends the suspension. */
  RESUME
}
