package dev.codesource.page;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import java.util.Set;

/** The templates; Qute escapes what stands in them. */
@CheckedTemplate(basePath = "")
final class Pages {

  private Pages() {}

  /** What the first page shows. */
  record Ask(
      String namespace,
      String binding,
      String platform,
      String site,
      String username,
      Set<String> scopes,
      String secret,
      String formToken) {}

  static native TemplateInstance authorize(Ask ask, String style);

  static native TemplateInstance result(Result result, String style);

  static native TemplateInstance problem(String message, String style);
}
