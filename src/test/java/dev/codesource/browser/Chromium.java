package dev.codesource.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchPersistentContextOptions;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The machine's Chromium, driven by Playwright; each context is a browser that knows nothing. */
public final class Chromium implements AutoCloseable {

  private final Playwright playwright;
  private final Path executable;
  private final List<BrowserContext> contexts = new ArrayList<>();

  private Chromium(Playwright playwright, Path executable) {
    this.playwright = playwright;
    this.executable = executable;
  }

  /** Aborts the test, and says so, where there is no Chromium. */
  public static Chromium start() {
    Optional<Path> executable =
        Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    if (executable.isEmpty()) {
      String missing =
          "There is no Chromium: no page is seen. On Debian, apt-get install chromium brings it.";
      System.out.println(missing);
      Assumptions.abort(missing);
    }
    return new Chromium(
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))),
        executable.orElseThrow());
  }

  /** A fresh browser, as of somebody else or on another machine. */
  public BrowserContext open() {
    return open(new LaunchPersistentContextOptions());
  }

  public BrowserContext open(LaunchPersistentContextOptions options) {
    try {
      BrowserContext context =
          playwright
              .chromium()
              .launchPersistentContext(
                  Files.createTempDirectory(Path.of("target"), "browser-"),
                  options
                      .setExecutablePath(executable)
                      .setHeadless(true)
                      .setArgs(
                          List.of(
                              "--no-sandbox",
                              "--disable-gpu",
                              "--disable-background-networking",
                              "--disable-component-update",
                              "--disable-sync",
                              "--no-first-run")));
      context.setDefaultTimeout(20_000);
      contexts.add(context);
      return context;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    contexts.forEach(BrowserContext::close);
    playwright.close();
  }
}
