package dev.codesource.api;

/** The kinds of code host. The constant's name is what stands in {@code spec.platform}. */
public enum Platform {
  GitLab,
  GitHub,
  Gitee,
  Bitbucket,
  Gitea
}
