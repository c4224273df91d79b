package dev.codesource.codehost;

import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The files that differ between two commits, as every code host that tells them has to tell them:
 * all of them, or nothing, since a file that is left out can make a push not be built.
 */
public abstract class ChangedFilesContract {

  protected static final String FROM = "1".repeat(40);
  protected static final String TO = "2".repeat(40);

  protected abstract Platform platform();

  /** Path and query of the request for {@link #FROM} and {@link #TO} of {@link #repository}. */
  protected abstract String target();

  /** An answer that tells all files: {@code a.txt}, and {@code old/b} renamed to {@code new/b}. */
  protected abstract String whole();

  /** Answers that do not tell all files, by what is wrong with them. */
  protected abstract Map<String, String> incomplete();

  /** An answer that is longer than what is read. */
  protected String tooLong() {
    return whole().replace("a.txt", "a.txt".repeat(100_000));
  }

  protected Repository repository() {
    return new Repository("42", "team/app", URI.create("http://127.0.0.1/team/app.git"));
  }

  protected CodeHost codeHost(SiteUrl site) {
    return SupportedCodeHosts.all(Clock.systemUTC()).of(platform());
  }

  protected Credential credential() {
    return Credential.of("canary-7f3a90c1d2e84b56");
  }

  private Outcome<Optional<Set<String>>> ask(LoopbackHost host, String from, String to) {
    SiteUrl site = host.site("");
    return codeHost(site)
        .repositories(site, credential(), TestClient.open())
        .changedFiles(repository(), from, to);
  }

  private Outcome<Optional<Set<String>>> ask(Function<Asked, CannedAnswer> answers) {
    try (LoopbackHost host = new LoopbackHost(answers)) {
      return ask(host, FROM, TO);
    }
  }

  @Test
  public void allFilesAreToldWithBothNamesOfThoseThatWereRenamed() {
    try (LoopbackHost host = new LoopbackHost(_ -> CannedAnswer.json(200, whole()))) {
      assertThat(done(ask(host, FROM, TO)).orElseThrow())
          .containsExactlyInAnyOrder("a.txt", "old/b", "new/b");
      assertThat(host.seen()).extracting(Asked::target).containsExactly(target());
      assertThat(host.seen()).extracting(Asked::method).containsExactly("GET");
    }
  }

  @TestFactory
  public Stream<DynamicTest> whatIsIncompleteIsNotTaken() {
    return incomplete().entrySet().stream()
        .map(
            answer ->
                dynamicTest(
                    answer.getKey(),
                    () ->
                        assertThat(done(ask(_ -> CannedAnswer.json(200, answer.getValue()))))
                            .isEmpty()));
  }

  @Test
  public void whatCannotBeReadIsNotTaken() {
    for (CannedAnswer odd :
        List.of(
            CannedAnswer.json(200, "{}"),
            CannedAnswer.json(200, "[]"),
            CannedAnswer.json(200, tooLong()),
            CannedAnswer.json(404, "{\"message\":\"Not Found\"}"),
            CannedAnswer.json(403, "{}"),
            CannedAnswer.html(200, "Sign in"),
            CannedAnswer.of(302).with("Location", "/elsewhere"),
            CannedAnswer.json(500, "{}"))) {
      assertThat(done(ask(_ -> odd))).isEmpty();
    }
  }

  @Test
  public void aRateLimitIsWaitedFor() {
    waiting(ask(_ -> CannedAnswer.text(429, "").with("Retry-After", "8")), Reason.RateLimited);
  }

  @Test
  public void onlyCommitsAreCompared() {
    try (LoopbackHost host = new LoopbackHost(_ -> CannedAnswer.json(200, whole()))) {
      for (String odd : List.of("", "main", "../../user", "1".repeat(39), "A".repeat(40))) {
        assertThat(done(ask(host, odd, TO))).isEmpty();
        assertThat(done(ask(host, FROM, odd))).isEmpty();
      }
      assertThat(host.seen()).isEmpty();
    }
  }
}
