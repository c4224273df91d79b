package dev.codesource.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.codesource.browser.Chromium;
import dev.codesource.cluster.ChildProcess;
import dev.codesource.cluster.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody who starts the demo and does what it says. */
class DemoIT {

  /** A control plane, an operator, a console and builds have to start and end. */
  private static final Duration SHOW = Duration.ofMinutes(5);

  /** Until a status that the operator writes is on an open page, in milliseconds. */
  private static final double CHANGE = 60_000;

  private Chromium chromium;
  private ChildProcess demo;

  @BeforeEach
  void start() throws IOException {
    chromium = Chromium.start();
    Path log = Files.createDirectories(Path.of("target/demo")).resolve("demo.log");
    Files.deleteIfExists(log);
    demo =
        ChildProcess.start(
            "demo",
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx192m",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-cp",
                System.getProperty("java.class.path"),
                Demo.class.getName()),
            Map.of("CI", ""),
            log);
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(demo).ifPresent(ChildProcess::close);
    Optional.ofNullable(chromium).ifPresent(Chromium::close);
  }

  private String output() {
    return String.join("\n", demo.output());
  }

  private String printed(String pattern) {
    var found = Pattern.compile(pattern).matcher(output());
    assertThat(found.find()).as(pattern + " in\n" + output()).isTrue();
    return found.group(1);
  }

  private static void press(Page page, String button) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button).setExact(true))
        .first()
        .click();
  }

  /** The first one: what carries out a remedy is offered beside it, too. */
  private static void follow(Page page, String link) {
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(link).setExact(true))
        .first()
        .click();
  }

  private static void awaitState(Page page, String word) {
    page.locator("#state").getByText(word).waitFor(new Locator.WaitForOptions().setTimeout(CHANGE));
  }

  private static void replaceToken(Page page, String token) {
    follow(page, "Replace token");
    page.getByLabel("New token").fill(token);
    press(page, "Replace");
  }

  @Test
  void whatTheDemoPrintsLogsInBindsBreaksRepairsAndUnbinds() {
    Awaitility.await()
        .atMost(SHOW)
        .until(() -> output().contains("Ctrl-C ends all of it.") || !demo.isAlive());
    Page page = chromium.open().newPage();
    page.navigate(printed("(http://\\S+/ns/demo)\n"));
    page.getByLabel("Token for the cluster").fill(printed("Log in with this token.*\\s+(\\S+)"));
    press(page, "Log in");
    page.waitForURL("**/ns/demo");
    assertThat(page.locator("tbody").innerText()).contains("gitlab-corp", "wrong-scope");

    follow(page, "Bind account");
    follow(page, "GitLab");
    for (String field : List.of("Name of the binding", "URL", "Username")) {
      page.getByLabel(field, new Page.GetByLabelOptions().setExact(true))
          .fill(printed("\n +" + field + " +(\\S+)"));
    }
    page.locator("#token").fill(printed("\n +Token +(\\S+)"));
    press(page, "Bind account");
    awaitState(page, "Bound");

    replaceToken(page, printed("Break: .* with (\\S+), which lacks a scope"));
    awaitState(page, "Failed · InsufficientScope");
    replaceToken(page, printed("Repair: .* with (\\S+)\\."));
    awaitState(page, "Bound");

    String binding = page.url();
    follow(page, "Find a repository");
    page.getByLabel("Part of its path").fill(printed("Build: .* with (\\S+), which finds"));
    press(page, "Find");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(printed("finds (\\S+),")))
        .waitFor(new Locator.WaitForOptions().setTimeout(CHANGE));
    page.navigate(binding);

    follow(page, "Unbind");
    press(page, "Unbind");
    page.waitForURL("**/ns/demo");
    assertThat(page.locator("main").innerText()).contains("gitlab-corp").doesNotContain("mine");

    // Ctrl-C sends SIGINT, which a shell without a terminal has the processes in its background
    // ignore.
    CommandResult.of(List.of("kill", "-TERM", Long.toString(demo.pid())), Map.of(), "").orFail();
    assertThat(demo.waitFor(Duration.ofMinutes(3))).isZero();
  }
}
