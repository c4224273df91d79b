package dev.codesource.address;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Recognizes the address of a repository where the text alone makes it certain. {@link
 * SiteUrl#mayBeRepository} is for cases that depend on the site's answer.
 */
final class RepositoryAddress {

  /** {@code ssh://…}, {@code git://…}, or {@code user@host:path} as scp has it (git-clone(1)). */
  private static final Pattern SSH =
      Pattern.compile(
          "(?i)(ssh|git|git\\+ssh|ssh\\+git)://.*|[^/@:?#]+@[^/@:?#]+:(?!//).*(/|\\.git).*");

  /** Pages of a repository, after its owner and name, on GitHub, Gitee, Gitea and old GitLab. */
  private static final Set<String> PAGES =
      Set.of("tree", "blob", "raw", "commit", "commits", "pull", "merge_requests");

  /** What Gitea and Forgejo put after {@code src}. */
  private static final Set<String> REFS = Set.of("branch", "commit", "tag");

  private RepositoryAddress() {}

  static boolean isForSsh(String text) {
    return SSH.matcher(text).matches();
  }

  /** The sign that the path is that of a repository, as a sentence; empty: there is none. */
  static Optional<String> signIn(String path) {
    List<String> segments =
        List.of(SitePath.withoutTrailingSlashes(path).toLowerCase(Locale.ROOT).split("/+"));
    for (int i = 1; i < segments.size(); i++) { // the first is what stands before the first slash
      Optional<String> sign =
          sign(segments.get(i), segments.subList(1, i), segments.subList(i + 1, segments.size()));
      if (sign.isPresent()) {
        return sign.map("The path of the URL %s."::formatted);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> sign(String segment, List<String> before, List<String> after) {
    if (segment.endsWith(".git")) {
      return Optional.of("has a part that ends in .git, as the clone URL of a repository does");
    }
    if (segment.equals("-") && !after.isEmpty()) {
      return Optional.of("has a part /-/, which GitLab puts between a project and its pages");
    }
    if (PAGES.contains(segment) && before.size() >= 2 && !after.isEmpty()) {
      return Optional.of("has a part /%s/, as a page of a repository does".formatted(segment));
    }
    if (segment.equals("src")
        && before.size() >= 2
        && after.size() >= 2
        && REFS.contains(after.getFirst())) {
      return Optional.of(
          "has a part /src/%s/, as a page of a repository does".formatted(after.getFirst()));
    }
    if (segment.equals("scm") && after.size() >= 2) {
      return Optional.of("has a part /scm/, as the clone URL of a repository on Bitbucket does");
    }
    boolean owner = segment.equals("projects") || segment.equals("users");
    if (owner && after.size() >= 3 && after.get(1).equals("repos")) {
      return Optional.of("has a part /repos/, as a page of a repository on Bitbucket does");
    }
    return Optional.empty();
  }
}
