package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import java.util.List;

/**
 * Two Secrets, for the two ways to use a credential in a Task: one for its ServiceAccount, which
 * Tekton uses for the site of its annotation
 * (https://tekton.dev/docs/pipelines/auth/#configuring-basic-auth-authentication-for-git); one for
 * the workspace {@code basic-auth} of git-clone
 * (https://github.com/tektoncd/catalog/blob/main/task/git-clone/0.9/README.md#workspaces), which
 * can also be bound to {@code ssl-ca-directory}, where the CA has the name ca-bundle.crt.
 */
final class Tekton implements Consumer {

  @Override
  public Publication publication() {
    return Publication.Tekton;
  }

  @Override
  public List<DesiredSecret> secrets(String name, SecretContent what) {
    return List.of(
        DesiredSecret.of(publication(), name, DesiredSecret.BASIC_AUTH, what)
            .withAnnotation("tekton.dev/git-0", what.origin())
            .withLogin(what),
        DesiredSecret.of(publication(), name + "-gitconfig", DesiredSecret.OPAQUE, what)
            .with(GitFiles.CONFIG, GitFiles.config(what))
            .with(GitFiles.CREDENTIALS, GitFiles.credentials(what))
            .with("ca-bundle.crt", what.authorities()));
  }
}
