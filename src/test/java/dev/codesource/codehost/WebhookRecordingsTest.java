package dev.codesource.codehost;

import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.Webhooks.Found;
import dev.codesource.codehost.Webhooks.Wanted;
import dev.codesource.codehost.bitbucket.Bitbucket;
import dev.codesource.codehost.gitea.Gitea;
import dev.codesource.codehost.gitee.Gitee;
import dev.codesource.codehost.github.GitHub;
import dev.codesource.codehost.gitlab.GitLab;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.LoopbackHost;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Replays the recorded exchanges about repositories and webhooks, as {@link RecordingsTest} does
 * those about accounts.
 */
class WebhookRecordingsTest {

  private static final Credential CREDENTIAL = Credential.of("recorded-by-somebody-else");
  private static final Set<String> KINDS =
      Set.of("repository-read", "hook-create", "hook-list", "hook-delete", "not-found", "redirect");

  /** Who answers as the platform of a recording, with a server on loopback as its public site. */
  private static final Map<String, BiFunction<Recording, SiteUrl, CodeHost>> HOSTS =
      Map.of(
          "gitlab", (recording, _) -> new GitLab(recording.clock()),
          "github", (recording, site) -> new GitHub(recording.clock(), site, site),
          "gitea", (recording, _) -> new Gitea(recording.clock()),
          "forgejo", (recording, _) -> new Gitea(recording.clock()),
          "gitee", (recording, _) -> new Gitee(recording.clock()),
          "bitbucket-dc", (recording, _) -> new Bitbucket(recording.clock()),
          "bitbucket-cloud",
              (recording, site) ->
                  new Bitbucket(recording.clock(), site, new SiteUrl(site.origin(), "/2.0")));

  @TestFactory
  Stream<DynamicTest> readsWhatEachRecordingSays() throws IOException {
    Path exchanges = RecordingsTest.FOLDER.resolve("exchanges");
    if (!Files.isDirectory(exchanges)) {
      abort("There are no recordings; RECORDINGS names their folder.");
    }
    try (Stream<Path> files = Files.walk(exchanges)) {
      List<Recording> recordings =
          files
              .filter(file -> file.toString().endsWith(".json"))
              .sorted()
              .map(file -> read(exchanges, file))
              .filter(each -> HOSTS.containsKey(each.product()) && KINDS.contains(each.kind()))
              .filter(WebhookRecordingsTest::isOfARepository)
              .toList();
      assertThat(recordings).as("recordings in %s", exchanges).hasSizeGreaterThan(20);
      return recordings.stream().map(each -> dynamicTest(each.name(), () -> replay(each)));
    }
  }

  private static Recording read(Path exchanges, Path file) {
    try {
      return Recording.read(exchanges, file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isOfARepository(Recording recording) {
    return recording.path().matches(".*/(?:projects|repos|repositories)/.*")
        && !recording.path().contains("/collaborators/");
  }

  private static void replay(Recording recording) {
    try (LoopbackHost host = new LoopbackHost(_ -> recording.answer())) {
      switch (recording.kind()) {
        case "repository-read" -> repository(recording);
        case "hook-create" -> created(recording, host);
        case "hook-list" -> listed(recording, host);
        case "hook-delete" ->
            assertThat(done(webhooks(recording, host).delete(of(), "1"))).isTrue();
        case "not-found" -> missing(recording, host);
        case "redirect" ->
            isRefused(repositories(recording, host).byPath("team/app"), Reason.RepositoryNotFound);
        default -> throw new AssertionError(recording.kind());
      }
    }
  }

  /** The site of the recording is the server: only its own clone URLs are taken. */
  private static void repository(Recording recording) {
    String clone =
        recording
            .expected("cloneUrl")
            .or(() -> recording.expected("repositoryUrl"))
            .map(url -> url.endsWith(".git") ? url : url + ".git")
            .orElseThrow();
    String origin = clone.substring(0, clone.indexOf('/', "https://".length()));
    SiteUrl[] site = new SiteUrl[1];
    try (LoopbackHost host =
        new LoopbackHost(
            _ ->
                recording
                    .answer()
                    .body(recording.answer().body().replace(origin, site[0].toString())))) {
      site[0] = host.site("");
      String path = recording.expected("fullName").orElseGet(() -> pathOf(recording));
      Repository found = done(repositories(recording, host).byPath(path));

      assertThat(found.path()).isEqualTo(path);
      assertThat(found.cloneUrl()).hasToString(clone.replace(origin, site[0].toString()));
      recording.expected("id").ifPresent(id -> assertThat(found.id()).isEqualTo(id));
      // Bitbucket Data Center ignores the case of a project's key.
      assertThat(host.seen().getFirst().target()).isEqualToIgnoringCase(recording.path());
    }
  }

  /** Of Bitbucket Data Center. */
  private static String pathOf(Recording recording) {
    return recording.expected("projectKey").orElseThrow()
        + "/"
        + recording.expected("slug").orElseThrow();
  }

  private static void created(Recording recording, LoopbackHost host) {
    String url = recording.expected("url").orElseThrow();
    Wanted wanted = new Wanted(URI.create(url), WebhookSecret.random(new SecureRandom()));

    Found found = done(webhooks(recording, host).create(of(), wanted));

    isAs(recording.expect(), found);
    assertThat(found.isAsWanted()).as("it is not one of ours").isFalse();
    assertThat(found.disabled()).isEmpty();
  }

  private static void listed(Recording recording, LoopbackHost host) {
    List<Found> found = done(webhooks(recording, host).list(of()));

    JsonNode expected = recording.expect().path("hooks");
    assertThat(found).hasSize(expected.size());
    for (int i = 0; i < found.size(); i++) {
      isAs(expected.path(i), found.get(i));
    }
    assertThat(host.seen())
        .as("whether there are further pages")
        .hasSize(recording.expect().hasNonNull("nextPage") ? 2 : 1);
  }

  private static void isAs(JsonNode expected, Found found) {
    assertThat(found.id()).isEqualTo(expected.path("hookId").asText());
    assertThat(found.url()).isEqualTo(expected.path("url").asText());
  }

  private static void missing(Recording recording, LoopbackHost host) {
    if (recording.path().contains("/hooks/")) {
      // This server has no repository either, with which the webhook is gone.
      assertThat(done(webhooks(recording, host).delete(of(), "1"))).isTrue();
      return;
    }
    isRefused(repositories(recording, host).byPath("team/app"), Reason.RepositoryNotFound);
    isRefused(repositories(recording, host).byId("7"), Reason.RepositoryNotFound);
    isRefused(webhooks(recording, host).list(of()), Reason.RepositoryNotFound);
  }

  private static Repository of() {
    return new Repository("7", "team/app", URI.create("http://127.0.0.1/team/app.git"));
  }

  private static Repositories repositories(Recording recording, LoopbackHost host) {
    SiteUrl site = host.site("");
    return codeHost(recording, site).repositories(site, CREDENTIAL, TestClient.open());
  }

  private static Webhooks webhooks(Recording recording, LoopbackHost host) {
    SiteUrl site = host.site("");
    return codeHost(recording, site).webhooks(site, CREDENTIAL, TestClient.open());
  }

  private static CodeHost codeHost(Recording recording, SiteUrl site) {
    return Optional.ofNullable(HOSTS.get(recording.product())).orElseThrow().apply(recording, site);
  }
}
