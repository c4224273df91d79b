package dev.codesource.gitserver;

import dev.codesource.cluster.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A real git in a home of its own, which has no credential but what is put there. */
public final class GitClient {

  private final Path home;
  private final Map<String, String> environment = new HashMap<>();

  public GitClient(Path folder) {
    try {
      home = Files.createTempDirectory(folder, "home");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    environment.put("HOME", home.toString());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_ASKPASS", "true");
    environment.put("XDG_CONFIG_HOME", home.resolve(".config").toString());
  }

  public GitClient file(String name, String content) {
    try {
      Files.writeString(home.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  public GitClient config(String key, String value) {
    run("config", "--global", key, value).orFail();
    return this;
  }

  /** Answers git's questions, as the tools do that have user name and password in hand. */
  public GitClient answering(String username, String password) {
    file("username", username).file("password", password);
    Path script = home.resolve("askpass");
    file(
        "askpass",
        "#!/bin/sh\ncase \"$1\" in Username*) cat '%s/username';; *) cat '%s/password';; esac\n"
            .formatted(home, home));
    try {
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    environment.put("GIT_ASKPASS", script.toString());
    return this;
  }

  /** Clones; the content of the file README of what was cloned is in {@code stdout}. */
  public CommandResult clone(String url) {
    Path target = home.resolve("clone");
    CommandResult cloned = run("clone", "--quiet", url, target.toString());
    return cloned.succeeded() ? run("-C", target.toString(), "show", "HEAD:README") : cloned;
  }

  private CommandResult run(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    return CommandResult.of(command, environment, "");
  }

  /** Makes a bare repository with one commit, whose file README has that content. */
  public static void repository(Path folder, String name, String readme) {
    repository(folder, name, Map.of("README", readme));
  }

  /** Makes a bare repository with one commit of these files. */
  public static void repository(Path folder, String name, Map<String, String> files) {
    GitClient author = new GitClient(folder);
    Path work = author.home.resolve("work");
    author
        .config("user.name", "Author")
        .config("user.email", "author@example.com")
        .run("init", "--quiet", work.toString())
        .orFail();
    try {
      for (var file : files.entrySet()) {
        Files.writeString(work.resolve(file.getKey()), file.getValue());
      }
      Files.createDirectories(folder.resolve(name).getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    author.run("-C", work.toString(), "add", ".").orFail();
    author.run("-C", work.toString(), "commit", "--quiet", "-m", "One").orFail();
    author
        .run("clone", "--quiet", "--bare", work.toString(), folder.resolve(name).toString())
        .orFail();
  }
}
