package dev.codesource.codehost.gitea;

import dev.codesource.api.Platform;
import dev.codesource.codehost.ChangedFilesContract;
import java.util.Map;

/** The answers are those of Gitea's routers/api/v1/repo/compare.go. */
class GiteaRepositoriesTest extends ChangedFilesContract {

  private static final String NEWER =
      """
      {"sha":"%s","parents":[{"sha":"%s"}],"files":[{"filename":"new/b","status":"added"},{"filename":"old/b","status":"removed"}]}"""
          .formatted(TO, "3".repeat(40));

  private static final String OLDER =
      """
      {"sha":"%s","parents":[{"sha":"%s"}],"files":[{"filename":"a.txt","status":"modified"}]}"""
          .formatted("3".repeat(40), FROM);

  @Override
  protected Platform platform() {
    return Platform.Gitea;
  }

  @Override
  protected String target() {
    return "/api/v1/repos/team/app/compare/%s...%s?files=true&verification=false"
        .formatted(FROM, TO);
  }

  private static String compared(int total, String commits) {
    return "{\"total_commits\":%d,\"commits\":[%s]}".formatted(total, commits);
  }

  @Override
  protected String whole() {
    return compared(2, NEWER + "," + OLDER);
  }

  @Override
  protected Map<String, String> incomplete() {
    return Map.of(
        "the older commit is no ancestor", compared(1, NEWER),
        "the newer commit is the older", compared(0, ""),
        "fewer commits than there are", compared(9, NEWER + "," + OLDER),
        "files of one commit are not told",
            compared(2, NEWER.replaceFirst("\"files\".*", "\"files\":null}") + "," + OLDER),
        "a file without a name", compared(2, NEWER.replace("\"filename\"", "\"x\"") + "," + OLDER),
        "no commits", "{\"total_commits\":0}");
  }
}
