package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.web.Html;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RenderingTest {

  /** Breaks out of a tag, of an attribute in both kinds of quotes, and of a text area. */
  private static final String XSS =
      "</textarea></title></style>\"'><script>alert(1)</script><img src=x onerror=alert(1)>";

  @Test
  void whatOthersWriteIsTextOnEveryScreen() {
    Screens.with(XSS)
        .forEach(
            (name, html) ->
                assertThat(html)
                    .as(name)
                    .doesNotContain("<script>alert", "<img", "'><", "\"'>", "</textarea></title>"));
    assertThat(Screens.with(XSS).values())
        .filteredOn(html -> html.contains("&lt;script&gt;alert(1)"))
        .hasSizeGreaterThan(10);
  }

  /** A link, a form or a command, on what a person sees when something failed. */
  @Test
  void noPageThatSaysWhatFailedIsADeadEnd() {
    Map<String, String> screens = Screens.usual();

    assertThat(screens.get("oauth-result")).contains("href=\"/authorize/team-a/gitlab\"");
    assertThat(screens.get("oauth-result-alone"))
        .contains("-o jsonpath='{.status.authorization.url}'")
        .doesNotContain("<a class=\"button\"");
    assertThat(screens.get("oauth-problem")).contains("<a class=\"button\" href=\"\">");
    assertThat(screens.get("problem")).contains("href=\"/\"").doesNotContain("Open the form");
    assertThat(screens.get("problem-too-large"))
        .contains("href=\"/ns/team-a/bind\">Open the form again", "href=\"/\"");
  }

  @Test
  void noScreenHasAScriptOrAStyleOfItsOwn() {
    Screens.usual()
        .forEach(
            (name, html) ->
                assertThat(html.replaceAll("(?s)<style>.*?</style>", ""))
                    .as(name)
                    .doesNotContainPattern("(?i)\\sstyle=|\\son[a-z]+=|javascript:")
                    .doesNotContainPattern("<script(?! src=\"/webjars/)"));
  }

  @Test
  void aTokenIsNotKeptByAPasswordManager() {
    assertThat(Screens.usual().get("bind")).contains("type=\"password\" id=\"token\"");
    assertThat(Screens.usual().get("bind")).contains("autocomplete=\"new-password\"");
  }

  @Test
  void theStyleStaysSmall() {
    assertThat(Html.STYLE.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(8192);
  }
}
