package dev.codesource.codehost.github;

import dev.codesource.codehost.ApiResponse;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;

/**
 * What a token of an app's installation is for. It has the permissions for that and no others, even
 * if the installation has more
 * (https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app).
 */
enum InstallationUse {

  /** To be published: consumers read code with it. */
  CONSUMERS(
      InstallationUse.READ,
      "making a read-only token of the installation %s",
      Reason.DeployTokenRefused,
      Reason.DeployTokenRefused.remedy()),

  /** The operator reads repositories. */
  CODE(
      InstallationUse.READ,
      "making a token of the installation %s to read code",
      Reason.RepositoryNotReadable,
      "On GitHub, see that the app's installation is not suspended, and that it has the permission Contents."),

  /** The operator keeps webhooks; GitHub answers 422 if the installation has not the permission. */
  WEBHOOKS(
      InstallationUse.READ + ",\"repository_hooks\":\"write\"",
      "making a token of the installation %s for webhooks",
      Reason.WebhookNotPermitted,
      "Give the app the repository permission Webhooks (read and write) in its settings on GitHub, and accept it where the app is installed."),

  /** The operator sets statuses of commits, for which it reads no code. */
  STATUSES(
      "\"metadata\":\"read\",\"statuses\":\"write\"",
      "making a token of the installation %s for commit statuses",
      Reason.CommitStatusForbidden,
      "Give the app the repository permission Commit statuses (read and write) in its settings on GitHub, and accept it where the app is installed.");

  private static final String READ = "\"contents\":\"read\",\"metadata\":\"read\"";

  private final String permissions;
  private final String doing;
  private final Reason reason;
  private final String remedy;

  InstallationUse(String permissions, String doing, Reason reason, String remedy) {
    this.permissions = permissions;
    this.doing = doing;
    this.reason = reason;
    this.remedy = remedy;
  }

  /** The body of the request for a token, as JSON. */
  String request() {
    return "{\"permissions\":{%s}}".formatted(permissions);
  }

  /** What to say when GitHub makes no such token. */
  Problem refused(ApiResponse answer, String installation) {
    return new Problem(
        reason,
        "GitHub answers %d to %s.".formatted(answer.status(), doing.formatted(installation)),
        remedy);
  }
}
