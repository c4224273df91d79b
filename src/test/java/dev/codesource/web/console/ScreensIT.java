package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchPersistentContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.codesource.browser.Chromium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every screen in a real browser: what it looks like, and what axe says of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScreensIT {

  private static final Path SCREENSHOTS = Path.of("target", "screenshots", "console");

  private Chromium chromium;

  @BeforeAll
  void start() {
    chromium = Chromium.start();
  }

  @AfterAll
  void stop() {
    chromium.close();
  }

  private void look(String kind, ColorScheme scheme, int width) {
    BrowserContext browser =
        chromium.open(
            new LaunchPersistentContextOptions()
                .setViewportSize(width, 900)
                .setColorScheme(scheme));
    Page page = browser.newPage();
    for (Map.Entry<String, String> screen : Screens.usual().entrySet()) {
      page.setContent(screen.getValue());
      page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)");
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(SCREENSHOTS.resolve(screen.getKey() + "-" + kind + ".png"))
              .setFullPage(true));
      assertThat(page.evaluate("document.documentElement.scrollWidth"))
          .as("%s, %s: nothing is wider than the window", screen.getKey(), kind)
          .isEqualTo(width);
      List<String> violations =
          new AxeBuilder(page)
              .analyze().getViolations().stream()
                  .map(rule -> rule.getId() + " " + rule.getNodes().getFirst().getHtml())
                  .toList();
      assertThat(violations).as("%s, %s: axe", screen.getKey(), kind).isEmpty();
    }
    browser.close();
  }

  /** They lie in the folder of the screenshots, from where they are copied to docs/images. */
  @Test
  void thePicturesOfTheReadmeAreThoseOfScreens() throws IOException {
    Page page =
        chromium
            .open(
                new LaunchPersistentContextOptions()
                    .setViewportSize(1100, 560)
                    .setColorScheme(ColorScheme.LIGHT))
            .newPage();
    Map<String, String> pictures =
        Map.of("console-bindings.png", "bindings", "console-binding.png", "binding-failed");
    for (Map.Entry<String, String> picture : pictures.entrySet()) {
      page.setContent(
          Objects.requireNonNull(Screens.usual().get(picture.getValue()), picture.getValue()));
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(SCREENSHOTS.resolve("readme").resolve(picture.getKey())));

      assertThat(Files.readString(Path.of("README.md")))
          .contains("docs/images/" + picture.getKey());
    }
  }

  @Test
  void everyScreenIsAccessibleInTheLight() {
    look("light", ColorScheme.LIGHT, 1200);
  }

  @Test
  void everyScreenIsAccessibleInTheDark() {
    look("dark", ColorScheme.DARK, 1200);
  }

  @Test
  void everyScreenIsAccessibleOnAPhone() {
    look("phone", ColorScheme.LIGHT, 320);
  }

  @Test
  void everyScreenIsAccessibleOnAPhoneInTheDark() {
    look("phone-dark", ColorScheme.DARK, 320);
  }
}
