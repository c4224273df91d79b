package dev.codesource.codehost;

import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.app.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The repositories of an account, as each platform lists them. */
class RepositorySearchTest {

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

    CannedAnswer page(List<String> paths) {
      return CannedAnswer.json(
          200, list.apply(paths.stream().map(entry).collect(Collectors.joining(","))));
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
                    + (page - 1) * 100,
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
                "/2.0/repositories/team?role=member&sort=-updated_on&fields=values.full_name,next&pagelen=100&page="
                    + page,
            100,
            field("full_name"),
            entries -> "{\"values\":[" + entries + "]}"));
  }

  private static Outcome<List<String>> search(Host host, LoopbackHost server) {
    SiteUrl site = server.site("");
    return SupportedCodeHosts.all(Clock.systemUTC())
        .of(host.platform())
        .repositories(site, host.credential(), TestClient.open())
        .search("team/Sho");
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

  @ParameterizedTest
  @MethodSource("hosts")
  void thoseWithTheWordsAreFoundOnAllPages(Host host) {
    List<String> first =
        Stream.concat(
                Stream.of("team/shop", "team/other", "team/shop/.."),
                IntStream.range(0, host.size() - 3).mapToObj(number -> "x/y" + number))
            .toList();

    try (LoopbackHost server =
        new LoopbackHost(
            asked ->
                answer(
                    host,
                    asked,
                    page ->
                        host.page(page == 1 ? first : List.of("Team/SHOP-web", "team/shop"))))) {
      assertThat(done(search(host, server))).containsExactly("team/shop", "Team/SHOP-web");
      assertThat(server.seen())
          .extracting(Asked::target)
          .filteredOn(target -> !isBefore(host, target))
          .containsExactly(host.target().apply(1), host.target().apply(2));
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
                                  .toList())))) {
        assertThat(done(search(host, server))).hasSize(path.equals("x/y") ? 0 : 50);
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
}
