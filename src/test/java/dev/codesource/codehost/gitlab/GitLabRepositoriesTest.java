package dev.codesource.codehost.gitlab;

import dev.codesource.api.Platform;
import dev.codesource.codehost.ChangedFilesContract;
import java.util.Map;

/** The answers are those of GitLab's lib/api/entities/compare.rb and diff.rb. */
class GitLabRepositoriesTest extends ChangedFilesContract {

  private static final String DIFFS =
      """
      {"old_path":"a.txt","new_path":"a.txt","diff":"","new_file":false,"too_large":true},
      {"old_path":"old/b","new_path":"new/b","diff":"","renamed_file":true}""";

  @Override
  protected Platform platform() {
    return Platform.GitLab;
  }

  @Override
  protected String target() {
    return "/api/v4/projects/42/repository/compare?from=%s&to=%s&straight=true".formatted(FROM, TO);
  }

  private static String compared(String diffs, String more) {
    return "{\"commit\":{},\"commits\":[],\"diffs\":[%s]%s}".formatted(diffs, more);
  }

  @Override
  protected String whole() {
    return compared(DIFFS, ",\"compare_timeout\":false,\"compare_same_ref\":false");
  }

  @Override
  protected Map<String, String> incomplete() {
    return Map.of(
        "cut off", compared(DIFFS, ",\"compare_timeout\":true"),
        "perhaps cut off", compared(DIFFS, ""),
        "no files", "{\"compare_timeout\":false}",
        "a file without its name",
            compared("{\"old_path\":\"a.txt\"}", ",\"compare_timeout\":false"),
        "a file without a name",
            compared("{\"old_path\":\"\",\"new_path\":\"\"}", ",\"compare_timeout\":false"));
  }
}
