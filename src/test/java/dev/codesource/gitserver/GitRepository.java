package dev.codesource.gitserver;

import dev.codesource.cluster.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A bare repository that a real git pushes to. */
public final class GitRepository {

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "GIT_CONFIG_NOSYSTEM", "1",
          "GIT_CONFIG_GLOBAL", "/dev/null",
          "GIT_AUTHOR_NAME", "Author",
          "GIT_AUTHOR_EMAIL", "author@example.com",
          "GIT_COMMITTER_NAME", "Author",
          "GIT_COMMITTER_EMAIL", "author@example.com");

  private final Path bare;
  private final Path work;

  private GitRepository(Path bare, Path work) {
    this.bare = bare;
    this.work = work;
  }

  /**
   * Makes a repository without a commit.
   *
   * @param bare its folder, such as {@code …/team/app.git}
   */
  public static GitRepository empty(Path bare) {
    try {
      Files.createDirectories(bare.getParent());
      Path work = Files.createTempDirectory(bare.getParent(), "work");
      run(bare.getParent(), "init", "--quiet", "--bare", "-b", "main", bare.toString());
      // As GitLab has it: kpack asks for commits by their names alone.
      run(bare, "config", "uploadpack.allowAnySHA1InWant", "true");
      run(work, "init", "--quiet", "-b", "main");
      run(work, "remote", "add", "origin", bare.toString());
      return new GitRepository(bare, work);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it is. */
  public Path folder() {
    return bare;
  }

  /**
   * Adds a file that is no text to the next commit.
   *
   * @param file where it is
   * @param name in the repository
   */
  public void add(Path file, String name) {
    try {
      Files.copy(file, work.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves a file out of the next commit. */
  public void remove(String name) {
    git("rm", "--quiet", name);
  }

  /** Pushes a new commit, with this content of a file, to a branch, which is made if need be. */
  public String push(String branch, String file, String content) {
    String commit = commit(branch, file, content);
    git("push", "--quiet", "--force", "origin", branch);
    return commit;
  }

  /** Makes a new commit of a branch, with this content of a file, that is not pushed yet. */
  public String commit(String branch, String file, String content) {
    try {
      if (!git("branch", "--list", branch).isBlank()) {
        git("checkout", "--quiet", branch);
      } else if (!git("for-each-ref", "refs/heads").isBlank()) {
        git("checkout", "--quiet", "-b", branch);
      } else {
        git("checkout", "--quiet", "--orphan", branch);
      }
      Path target = work.resolve(file);
      Files.createDirectories(target.getParent());
      Files.writeString(target, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    git("add", ".");
    git("commit", "--quiet", "--allow-empty", "-m", "Change " + file);
    return git("rev-parse", "HEAD").strip();
  }

  /** Pushes a commit that was made before. */
  public void pushCommit(String branch, String commit) {
    git("push", "--quiet", "--force", "origin", commit + ":refs/heads/" + branch);
  }

  /** Replaces the last commit of a branch by another one. */
  public String forcePush(String branch, String file, String content) {
    git("checkout", "--quiet", branch);
    git("reset", "--quiet", "--hard", "HEAD~1");
    return push(branch, file, content);
  }

  /** Pushes tags for the newest commit of the branch in use, all in one push. */
  public void tag(String... names) {
    push(List.of(names), false);
  }

  /** As {@link #tag}, with a tag object. */
  public void annotatedTag(String name) {
    push(List.of(name), true);
  }

  private void push(List<String> names, boolean isAnnotated) {
    List<String> push = new ArrayList<>(List.of("push", "--quiet", "--force", "origin"));
    for (String name : names) {
      if (isAnnotated) {
        git("tag", "--force", "-a", "-m", "A tag", name);
      } else {
        git("tag", "--force", name);
      }
      push.add("refs/tags/" + name);
    }
    git(push.toArray(String[]::new));
  }

  /** Deletes a branch or tag, such as {@code refs/heads/feature}. */
  public void delete(String ref) {
    git("push", "--quiet", "origin", ":" + ref);
    git("update-ref", "-d", ref);
  }

  /** Each branch and tag with the commit that it stands for. */
  public Map<String, String> commits() {
    Map<String, String> commits = new LinkedHashMap<>();
    String refs = run(bare, "for-each-ref", "--format=%(refname) %(objectname) %(*objectname)");
    refs.lines()
        .map(line -> line.strip().split(" "))
        .forEach(parts -> commits.put(parts[0], parts[parts.length - 1]));
    return commits;
  }

  private String git(String... arguments) {
    return run(work, arguments);
  }

  private static String run(Path folder, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(arguments));
    CommandResult result = CommandResult.of(command, ENVIRONMENT, "");
    result.orFail();
    return result.stdout();
  }
}
