package dev.codesource.web.authorize;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The templates; Qute escapes what stands in them. */
@CheckedTemplate(basePath = "")
final class Pages {

  private Pages() {}

  /**
   * What the first page shows.
   *
   * @param next where the button leads to; null: the page asks for that itself
   */
  record Ask(
      String namespace,
      String binding,
      String platform,
      String site,
      String username,
      Set<String> scopes,
      String secret,
      String formToken,
      @Nullable String next) {}

  static native TemplateInstance authorize(Ask ask, String style);

  static native TemplateInstance prove(
      String namespace, String binding, String formToken, String style);

  static native TemplateInstance result(ResultPage result, String style);

  static native TemplateInstance problem(String message, String style);
}
