package dev.codesource.web.authorize;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The templates; Qute escapes all values. */
@CheckedTemplate(basePath = "")
final class Pages {

  private Pages() {}

  /**
   * The content of the first page.
   *
   * @param next the target of the button; null: the page sends a form to itself
   */
  record Ask(
      String namespace,
      String binding,
      String platform,
      String site,
      String username,
      Set<String> scopes,
      String secret,
      String redirectUri,
      String formToken,
      @Nullable String next) {}

  static native TemplateInstance authorize(Ask ask, String style);

  static native TemplateInstance prove(
      String namespace, String binding, String formToken, String style);

  /**
   * The last page.
   *
   * @param again the page to open again; null: there is none
   */
  static native TemplateInstance result(ResultPage result, @Nullable String again, String style);

  static native TemplateInstance problem(String message, String style);
}
