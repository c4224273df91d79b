package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Reason;
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
  void aRemedyIsFollowedByTheButtonsThatCarryItOut() {
    Map<String, String> screens = Screens.usual();

    assertThat(todo(screens.get("binding-failed")))
        .contains(
            Reason.TokenRejected.remedy(),
            "<a class=\"button quiet\" href=\"/ns/team-a/bindings/gitlab/token\">Replace token</a>",
            "href=\"/help/TokenRejected\"");
    assertThat(todo(screens.get("binding-suspended")))
        .contains(
            "<form method=\"post\" action=\"/ns/team-a/bindings/gitlab/suspend\"><input"
                + " type=\"hidden\" name=\"suspend\" value=\"false\"><button"
                + " class=\"quiet\">Resume</button></form>");
    assertThat(todo(screens.get("trigger")))
        .contains("action=\"/ns/team-a/triggers/shop/check\"><button class=\"quiet\">Compare now");
    assertThat(screens.get("binding-failed"))
        .contains("<a href=\"/help/SecretNotOwned\">SecretNotOwned</a>. The Secret exists.");
  }

  private static String todo(String html) {
    return html.split("id=\"todo\"", 2)[1].split("<h2>What was checked", 2)[0];
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
