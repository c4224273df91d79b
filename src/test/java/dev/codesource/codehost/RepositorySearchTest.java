package dev.codesource.codehost;

import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.RepositorySearch.Found;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.codehost.bitbucket.Bitbucket;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.LoopbackHost;
import dev.codesource.testhost.WebhookShelf;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The repositories of an account, as each platform lists them. */
class RepositorySearchTest {

  /** Where the pages of a Data Center begin: not where one would count. */
  private static final int STEP = 137;

  private static final Credential TOKEN = Credential.of("canary-7f3a90c1d2e84b56");

  /**
   * A platform.
   *
   * @param target of the request for a page, from 1
   * @param size of a page
   * @param entry with a path, in JSON
   * @param list with these entries, in JSON
   */
  record Host(
      String name,
      Platform platform,
      Credential credential,
      IntFunction<String> target,
      int size,
      Function<String, String> entry,
      Function<String, String> list) {

    @Override
    public String toString() {
      return name;
    }

    /** A Data Center says itself whether there is another page, and where it begins. */
    CannedAnswer page(List<String> paths, boolean hasNext, int number) {
      String entries = paths.stream().map(entry).collect(Collectors.joining(","));
      return CannedAnswer.json(
          200,
          list.apply(entries)
              .replace(
                  "\"isLastPage\":true",
                  hasNext
                      ? "\"isLastPage\":false,\"nextPageStart\":" + number * STEP
                      : "\"isLastPage\":true"));
    }
  }

  private static String array(String entries) {
    return "[" + entries + "]";
  }

  private static Function<String, String> field(String name) {
    return path -> "{\"id\":1,\"%s\":\"%s\"}".formatted(name, path);
  }

  static Stream<Host> hosts() {
    return Stream.of(
        new Host(
            "GitLab",
            Platform.GitLab,
            TOKEN,
            page ->
                "/api/v4/projects?membership=true&simple=true&order_by=last_activity_at&search_namespaces=true&search=team%2FSho&per_page=50&page="
                    + page,
            50,
            field("path_with_namespace"),
            RepositorySearchTest::array),
        new Host(
            "GitHub",
            Platform.GitHub,
            TOKEN,
            page -> "/api/v3/user/repos?sort=pushed&per_page=30&page=" + page,
            30,
            field("full_name"),
            RepositorySearchTest::array),
        new Host(
            "GitHub App",
            Platform.GitHub,
            new Credential(
                new Token("signed"),
                Optional.empty(),
                Credential.Source.APP,
                Optional.of("7"),
                "uid/1"),
            page -> "/api/v3/installation/repositories?per_page=30&page=" + page,
            30,
            field("full_name"),
            entries -> "{\"total_count\":2,\"repositories\":[" + entries + "]}"),
        new Host(
            "Gitea",
            Platform.Gitea,
            TOKEN,
            page -> "/api/v1/user/repos?limit=30&page=" + page,
            30,
            field("full_name"),
            RepositorySearchTest::array),
        new Host(
            "Gitee",
            Platform.Gitee,
            TOKEN,
            page -> "/api/v5/user/repos?sort=pushed&q=team%2FSho&per_page=20&page=" + page,
            20,
            field("full_name"),
            RepositorySearchTest::array),
        new Host(
            "Bitbucket Data Center",
            Platform.Bitbucket,
            TOKEN,
            page ->
                "/rest/api/1.0/repos?permission=REPO_READ&name=Sho&limit=100&start="
                    + (page - 1) * STEP,
            100,
            path ->
                "{\"id\":1,\"slug\":\"%s\",\"project\":{\"key\":\"%s\"}}"
                    .formatted(
                        path.substring(path.indexOf('/') + 1),
                        path.substring(0, Math.max(0, path.indexOf('/')))),
            entries -> "{\"isLastPage\":true,\"values\":[" + entries + "]}"),
        new Host(
            "Bitbucket Cloud",
            Platform.Bitbucket,
            TOKEN,
            page ->
                "/2.0/repositories/team?role=member&sort=-updated_on&fields=values.full_name&pagelen=100&page="
                    + page,
            100,
            field("full_name"),
            entries -> "{\"values\":[" + entries + "]}"));
  }

  private static Outcome<Found> search(Host host, LoopbackHost server) {
    return search(host, server, "team/Sho");
  }

  private static Outcome<Found> search(Host host, LoopbackHost server, String words) {
    SiteUrl site = server.site("");
    return SupportedCodeHosts.all(Clock.systemUTC())
        .of(host.platform())
        .repositories(site, host.credential(), TestClient.open())
        .search(words);
  }

  private static CannedAnswer answer(
      Host host, Asked asked, Function<Integer, CannedAnswer> pages) {
    if (host.name().equals("Bitbucket Cloud") && asked.target().startsWith("/rest/")) {
      return CannedAnswer.html(404, "Not found");
    }
    if (asked.target().endsWith("/access_tokens")) {
      return CannedAnswer.json(
          201,
          "{\"token\":\"canary-7f3a90c1d2e84b56\",\"expires_at\":\"%s\"}"
              .formatted(Instant.now().plus(Duration.ofHours(1))));
    }
    return IntStream.rangeClosed(1, 11)
        .filter(page -> host.target().apply(page).equals(asked.target()))
        .mapToObj(pages::apply)
        .findFirst()
        .orElseGet(
            () -> CannedAnswer.json(404, "{\"unexpected\":\"%s\"}".formatted(asked.target())));
  }

  /** What is asked before the list. */
  private static boolean isBefore(Host host, String target) {
    return target.endsWith("/access_tokens")
        || (host.name().equals("Bitbucket Cloud") && target.startsWith("/rest/"));
  }

  /** A server may send fewer than it was asked for. */
  @ParameterizedTest
  @MethodSource("hosts")
  void thoseWithTheWordsAreFoundOnAllPages(Host host) {
    List<List<String>> pages =
        List.of(
            List.of("team/shop", "team/other", "team/shop/.."),
            List.of("x/y"),
            List.of("Team/SHOP-web", "team/shop"),
            List.of());

    try (LoopbackHost server =
        new LoopbackHost(
            asked ->
                answer(
                    host,
                    asked,
                    page -> host.page(pages.get(page - 1), page < pages.size(), page)))) {
      assertThat(done(search(host, server)))
          .isEqualTo(new Found(List.of("team/shop", "Team/SHOP-web"), true));
      assertThat(server.seen())
          .extracting(Asked::target)
          .filteredOn(target -> !isBefore(host, target))
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, pages.size()).mapToObj(host.target()).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("hosts")
  void noMoreThanFiftyAreFoundAndNoMoreThanTenPagesAreAskedFor(Host host) {
    for (String path : List.of("team/shop", "x/y")) {
      try (LoopbackHost server =
          new LoopbackHost(
              asked ->
                  answer(
                      host,
                      asked,
                      page ->
                          host.page(
                              IntStream.range(0, host.size())
                                  .mapToObj(number -> "%s%d-%d".formatted(path, page, number))
                                  .toList(),
                              true,
                              page)))) {
        Found found = done(search(host, server));
        assertThat(found.paths()).hasSize(path.equals("x/y") ? 0 : 50);
        assertThat(found.isComplete()).isFalse();
        assertThat(server.seen())
            .filteredOn(asked -> !isBefore(host, asked.target()))
            .hasSizeLessThanOrEqualTo(10);
      }
    }
  }

  /** Where Bitbucket Cloud refuses, what the product of that address answers is told. */
  static Stream<Host> hostsOfOneProduct() {
    return hosts().filter(host -> !host.name().equals("Bitbucket Cloud"));
  }

  @ParameterizedTest
  @MethodSource("hostsOfOneProduct")
  void aRefusalIsToldAsOne(Host host) {
    try (LoopbackHost server =
        new LoopbackHost(
            asked -> answer(host, asked, _ -> CannedAnswer.json(403, "{\"message\":\"no\"}")))) {
      isRefused(search(host, server), Reason.RepositoryNotReadable);
    }
    try (LoopbackHost server =
        new LoopbackHost(asked -> answer(host, asked, _ -> CannedAnswer.json(200, "{\"id\":1}")))) {
      isRefused(search(host, server), Reason.NotThisPlatform);
    }
    try (LoopbackHost server =
        new LoopbackHost(
            asked ->
                answer(host, asked, _ -> CannedAnswer.text(429, "").with("Retry-After", "8")))) {
      waiting(search(host, server), Reason.RateLimited);
    }
  }

  @ParameterizedTest
  @MethodSource("hostsOfOneProduct")
  void thatThereIsNoListIsNotBlamedOnTheAccount(Host host) {
    try (LoopbackHost server =
        new LoopbackHost(
            asked -> answer(host, asked, _ -> CannedAnswer.json(404, "{\"message\":\"no\"}")))) {
      assertThat(search(host, server))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused ->
                  assertThat(refused.problem().message())
                      .contains("answers 404", "says nothing about the account")
                      .doesNotContain(Reason.RepositoryNotReadable.remedy()));
    }
  }

  /** A site that answers, but not with a list, says as little. */
  @ParameterizedTest
  @MethodSource("hostsOfOneProduct")
  void onlyARefusalIsBlamedOnTheAccount(Host host) {
    for (int status : List.of(400, 405, 422)) {
      try (LoopbackHost server =
          new LoopbackHost(
              asked ->
                  answer(host, asked, _ -> CannedAnswer.json(status, "{\"message\":\"no\"}")))) {
        assertThat(message(search(host, server))).contains("says nothing about the account");
      }
    }
    try (LoopbackHost server =
        new LoopbackHost(
            asked -> answer(host, asked, _ -> CannedAnswer.json(403, "{\"message\":\"no\"}")))) {
      assertThat(message(search(host, server))).endsWith(Reason.RepositoryNotReadable.remedy());
    }
  }

  /** There 404 is about the account: it has to see the workspace. */
  @Test
  void aWorkspaceThatTheAccountMayNotSeeIsCalledThat() {
    try (LoopbackHost server = new LoopbackHost(_ -> CannedAnswer.json(404, "{}"))) {
      Repositories cloud =
          new Bitbucket(Clock.systemUTC(), server.site(""), server.site("/2.0"))
              .repositories(server.site(""), TOKEN, TestClient.open());

      assertThat(message(cloud.search("team/sho")))
          .isEqualTo(
              "Bitbucket Cloud has no workspace team that the account may see. Begin with the workspace and a slash, as in team/shop.");
    }
  }

  private static String message(Outcome<Found> outcome) {
    isRefused(outcome, Reason.RepositoryNotReadable);
    return ((Outcome.Refused<Found>) outcome).problem().message();
  }

  /** The samples of the demo are bound to these. */
  static Stream<Arguments> simulated() {
    return Stream.of(
        Arguments.of(Platform.GitLab, Dialect.gitLab()),
        Arguments.of(Platform.GitHub, Dialect.gitHub()),
        Arguments.of(Platform.Gitee, Dialect.gitee()),
        Arguments.of(Platform.Bitbucket, Dialect.bitbucketDataCenter()),
        Arguments.of(Platform.Gitea, Dialect.gitea()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("simulated")
  void theSimulatedAccountsHaveAListWithoutRepositories(Platform platform, Dialect dialect) {
    try (LoopbackCodeHost server =
        LoopbackCodeHost.http(Dialect.atRoot(dialect))
            .grant("canary-7f3a90c1d2e84b56", Grant.of("alice", "api", "repo", "all"))) {
      Outcome<Found> found =
          SupportedCodeHosts.all(Clock.systemUTC())
              .of(platform)
              .repositories(done(SiteUrl.parse(server.url())), TOKEN, TestClient.open())
              .search("team/app");

      assertThat(done(found)).isEqualTo(new Found(List.of(), true));
    }
  }

  /** The demo has this one. */
  @Test
  void theSimulatedGitLabFindsItsProjects() {
    WebhookShelf shelf = new WebhookShelf(GitLabWording.current());
    List.of("team/app", "team/other").forEach(shelf::put);
    try (LoopbackCodeHost server =
        LoopbackCodeHost.http(Dialect.atRoot(shelf))
            .grant("canary-7f3a90c1d2e84b56", Grant.of("alice", "api"))) {
      Outcome<Found> found =
          SupportedCodeHosts.all(Clock.systemUTC())
              .of(Platform.GitLab)
              .repositories(done(SiteUrl.parse(server.url())), TOKEN, TestClient.open())
              .search("APP");

      assertThat(done(found)).isEqualTo(new Found(List.of("team/app"), true));
    }
  }

  /** Else whole names alone would be found, as if there were no others. */
  @Test
  void gitLabIsNotAskedForFewerCharactersThanItLooksFor() {
    Host gitLab = hosts().findFirst().orElseThrow();
    List<String> asked = new CopyOnWriteArrayList<>();
    try (LoopbackHost server =
        new LoopbackHost(
            request -> {
              asked.add(request.target());
              return CannedAnswer.json(200, "[]");
            })) {
      assertThat(search(gitLab, server, "ui"))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused ->
                  assertThat(refused.problem().message())
                      .isEqualTo(
                          "GitLab does not look for a part of a path that has fewer than 3 characters. Write a longer part, as in team/ui."));
      assertThat(asked).isEmpty();
      assertThat(search(gitLab, server, "uis")).isInstanceOf(Outcome.Done.class);
    }
  }
}
