package dev.codesource.codehost.all;

import dev.codesource.codehost.CodeHosts;
import dev.codesource.codehost.bitbucket.Bitbucket;
import dev.codesource.codehost.gitea.Gitea;
import dev.codesource.codehost.gitee.Gitee;
import dev.codesource.codehost.github.GitHub;
import dev.codesource.codehost.gitlab.GitLab;
import java.time.Clock;
import java.util.List;

/** The code hosts that this operator supports: a new one is registered here. */
public final class SupportedCodeHosts {

  private SupportedCodeHosts() {}

  /** One for each platform. */
  public static CodeHosts all(Clock clock) {
    return new CodeHosts(
        List.of(
            new GitLab(clock),
            new GitHub(clock),
            new Gitee(clock),
            new Bitbucket(clock),
            new Gitea(clock)));
  }
}
