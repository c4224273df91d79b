package dev.codesource.codehost.bitbucket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.RepositoryAnswers;
import dev.codesource.codehost.RepositorySearch;
import dev.codesource.http.HostRequest;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The repositories of Bitbucket Cloud
 * (https://developer.atlassian.com/cloud/bitbucket/rest/api-group-repositories/). An identifier
 * here is that of the workspace and that of the repository, which take the place of their names in
 * a path: {@code {7d3a178a-…}/{3deb8c29-…}}. It stays when either is renamed, but not when the
 * repository is transferred to another workspace.
 */
final class CloudRepositories implements Repositories {

  private static final Pattern UUID = Pattern.compile("\\{[0-9a-f-]{36}\\}");
  private static final Pattern ID = Pattern.compile(UUID + "/" + UUID);

  private static final int PAGE = 100;
  private static final int MOST_PAGES = 10;

  private final SiteUrl apiUrl;
  private final Map<String, String> headers;
  private final ApiSession api;
  private final RepositoryAnswers answers;

  /**
   * @param site that repositories are cloned from
   * @param headers with the credential
   * @param api a session of {@link RepositoryAnswers#MAX_REQUESTS}
   */
  CloudRepositories(SiteUrl site, SiteUrl apiUrl, Map<String, String> headers, ApiSession api) {
    this.apiUrl = apiUrl;
    this.headers = headers;
    this.api = api;
    this.answers = new RepositoryAnswers(Platform.Bitbucket, site, api);
  }

  /** Whether the identifier is one of Cloud, and not of Data Center. */
  static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  static boolean isUuid(String text) {
    return UUID.matcher(text).matches();
  }

  /** The workspace, and the repository. */
  static boolean isPath(String path) {
    return RepositoryAnswers.isPath(path) && path.indexOf('/') == path.lastIndexOf('/');
  }

  @Override
  public Outcome<Repository> byPath(String path) {
    return isPath(path)
        ? find(path, RepositoryAnswers.named(path))
        : answers.notFound(RepositoryAnswers.named(path));
  }

  @Override
  public Outcome<Repository> byId(String id) {
    return isId(id)
        ? find(id, RepositoryAnswers.identified(id))
        : answers.notFound(RepositoryAnswers.identified(id));
  }

  private Outcome<Repository> find(String pathOrId, String which) {
    HostRequest request = HostRequest.get(apiUrl.resolve(address(pathOrId)), headers);
    return answers.read(api.send(request), which, this::repository);
  }

  /** A clone URL has a user in it, so the repository's address is not taken from the answer. */
  private Outcome<Repository> repository(ApiResponse answer) {
    Optional<String> workspace = uuid(answer.json().path("workspace"));
    Optional<String> repository = uuid(answer.json());
    return answers.repository(
        workspace.flatMap(first -> repository.map(second -> first + "/" + second)),
        RepositoryAnswers.text(answer, "full_name").filter(CloudRepositories::isPath),
        Optional.empty());
  }

  private static Optional<String> uuid(JsonNode json) {
    return Optional.of(json.path("uuid").asText()).filter(CloudRepositories::isUuid);
  }

  /**
   * Only in a workspace, which is what stands before the first slash: the list of all repositories
   * of an account has no replacement
   * (https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770).
   */
  @Override
  public Outcome<RepositorySearch.Found> search(String words) {
    String workspace = words.split("/", 2)[0];
    if (!words.contains("/") || !isPath(workspace + "/x")) {
      return new Outcome.Refused<>(
          new Problem(
              Reason.RepositoryNotReadable,
              "Bitbucket Cloud lists the repositories of one workspace only.",
              "Begin with the workspace and a slash, as in team/shop."));
    }
    String list = "/repositories/" + workspace + "?role=member&sort=-updated_on";
    Problem noWorkspace =
        new Problem(
            Reason.RepositoryNotReadable,
            "Bitbucket Cloud has no workspace %s that the account may see.".formatted(workspace),
            "Begin with the workspace and a slash, as in team/shop.");
    return new RepositorySearch(Platform.Bitbucket, api, Optional.of(noWorkspace))
        .inNumberedPages(
            words,
            page ->
                HostRequest.get(
                    apiUrl.resolve(
                        "%s&fields=values.full_name&pagelen=%d&page=%d"
                            .formatted(list, PAGE, page)),
                    headers),
            answer -> BitbucketPage.of(answer).map(BitbucketPage::values),
            "full_name");
  }

  /**
   * Both paths of a file that was renamed. {@code topic=false} is a difference of the two commits;
   * without it, it would be that of their common ancestor and the second, which lacks files if the
   * history was rewritten
   * (https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/#api-repositories-workspace-repo-slug-diffstat-spec-get).
   * There, the newer commit comes first.
   */
  @Override
  public Outcome<Optional<Set<String>>> changedFiles(
      Repository repository, String from, String to) {
    if (!RepositoryAnswers.areCommits(from, to)) {
      return Outcome.done(Optional.empty());
    }
    Set<String> files = new LinkedHashSet<>();
    for (int number = 1; number <= MOST_PAGES; number++) {
      String rest =
          "/diffstat/%s..%s?topic=false&pagelen=%d&page=%d".formatted(to, from, PAGE, number);
      HostRequest request =
          HostRequest.get(apiUrl.resolve(address(repository, rest)), headers).forList();
      Outcome<Optional<ApiResponse>> asked = api.sendInAddition(request);
      if (!(asked instanceof Outcome.Done<Optional<ApiResponse>>(var answer))) {
        return asked.map(_ -> Optional.empty());
      }
      Optional<BitbucketPage> page = answer.flatMap(BitbucketPage::of);
      if (page.isEmpty() || !page.get().values().stream().allMatch(each -> add(each, files))) {
        return Outcome.done(Optional.empty());
      }
      if (!page.get().hasNext()) {
        return Outcome.done(Optional.of(files));
      }
    }
    return Outcome.done(Optional.empty());
  }

  /** One of the two is null where a file was added or removed. */
  private static boolean add(ApiResponse change, Set<String> files) {
    boolean hasPath = false;
    for (String side : new String[] {"old", "new"}) {
      Optional<String> file = RepositoryAnswers.file(change.json().path(side), "path");
      file.ifPresent(files::add);
      hasPath |= file.isPresent();
    }
    return hasPath;
  }

  /** Under its identifier, which stays when it is renamed. */
  static String address(Repository repository, String rest) {
    return address(isId(repository.id()) ? repository.id() : repository.path()) + rest;
  }

  private static String address(String pathOrId) {
    return "/repositories/" + RepositoryAnswers.encoded(pathOrId);
  }
}
