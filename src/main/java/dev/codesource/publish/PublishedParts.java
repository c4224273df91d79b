package dev.codesource.publish;

import dev.codesource.api.ApiGroup;
import dev.codesource.runtime.Ownership;
import java.util.Set;

/** What of a published Secret is compared. Everything else in it is not kept in memory. */
public final class PublishedParts {

  public static final Set<String> LABELS =
      Set.of(DesiredSecret.PUBLISHED_FOR, Ownership.MANAGED_BY, "argocd.argoproj.io/secret-type");

  public static final Set<String> ANNOTATIONS =
      Set.of(
          ApiGroup.NAME + "/registry-type",
          ApiGroup.NAME + "/registry-region",
          ApiGroup.NAME + "/registry-name",
          "tekton.dev/git-0",
          "kpack.io/git",
          "build.shipwright.io/referenced.secret");

  /** The keys whose name does not depend on the site. */
  public static final Set<String> DATA =
      Set.of(
          "username",
          "password",
          "ca.crt",
          "ca-bundle.crt",
          GitFiles.CREDENTIALS,
          GitFiles.NETRC,
          GitFiles.CONFIG,
          "type",
          "url",
          "provider",
          "uri",
          "host",
          "port",
          "registry-type",
          "registry-region",
          "registry-name");

  private PublishedParts() {}

  /** Whether a key has the site in its name; a published Secret has one such key at most. */
  public static boolean namesTheSite(String key) {
    return key.startsWith(BuildKit.HEADER);
  }
}
