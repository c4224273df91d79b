package dev.codesource.web.console;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;

/** The templates; Qute escapes all values. */
@CheckedTemplate(basePath = "console")
final class ConsolePages {

  private ConsolePages() {}

  static native TemplateInstance login(Layout layout, LoginForm form);

  static native TemplateInstance namespaces(Layout layout, NamespacesPage page);

  static native TemplateInstance bindings(Layout layout, BindingsPage page);

  static native TemplateInstance binding(Layout layout, BindingPage page);

  static native TemplateInstance platforms(Layout layout, PlatformsPage page);

  static native TemplateInstance form(Layout layout, FormPage page);

  static native TemplateInstance trigger(Layout layout, TriggerPage page);

  static native TemplateInstance triggers(Layout layout, TriggersPage page);

  static native TemplateInstance repositories(Layout layout, RepositoriesPage page);

  static native TemplateInstance help(Layout layout, HelpPage page);

  static native TemplateInstance problem(Layout layout, Problem problem);
}
