package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import java.util.List;

/**
 * A credential template
 * (https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#repository-credentials).
 * Argo CD uses it for every repository whose URL begins with this one, so it ends in a slash:
 * {@code https://git.example.com} would also match {@code https://git.example.com.evil.example}. It
 * has no key for a CA: Argo CD reads CAs from argocd-tls-certs-cm.
 */
final class ArgoCd implements Consumer {

  @Override
  public Publication publication() {
    return Publication.ArgoCD;
  }

  @Override
  public List<DesiredSecret> secrets(String name, SecretContent what) {
    return List.of(
        DesiredSecret.of(publication(), name, DesiredSecret.OPAQUE, what)
            .withLabel("argocd.argoproj.io/secret-type", "repo-creds")
            .with("type", "git")
            .with("url", what.site() + "/")
            .withLogin(what));
  }
}
