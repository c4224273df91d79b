package dev.codesource.codehost.github;

import dev.codesource.api.Platform;
import dev.codesource.codehost.ChangedFilesContract;
import java.util.Map;

/** The answers are those of https://docs.github.com/rest/commits/commits#compare-two-commits. */
class GitHubRepositoriesTest extends ChangedFilesContract {

  private static final String FILES =
      """
      {"sha":"x","filename":"a.txt","status":"modified","patch":"@@"},
      {"filename":"new/b","previous_filename":"old/b","status":"renamed"}""";

  @Override
  protected Platform platform() {
    return Platform.GitHub;
  }

  @Override
  protected String target() {
    return "/api/v3/repos/team/app/compare/%s...%s?per_page=1".formatted(FROM, TO);
  }

  private static String compared(String status, String files) {
    return "{\"status\":\"%s\",\"total_commits\":7,\"commits\":[{}],\"files\":[%s]}"
        .formatted(status, files);
  }

  @Override
  protected String whole() {
    return compared("ahead", FILES);
  }

  @Override
  protected Map<String, String> incomplete() {
    return Map.of(
        "diverged", compared("diverged", FILES),
        "behind", compared("behind", FILES),
        "unknown", "{\"files\":[%s]}".formatted(FILES),
        "no files", "{\"status\":\"ahead\"}",
        "as many as are told at most",
            compared("ahead", "{\"filename\":\"x\"},".repeat(299) + "{\"filename\":\"x\"}"),
        "a file without a name", compared("ahead", "{\"status\":\"added\"}"));
  }
}
