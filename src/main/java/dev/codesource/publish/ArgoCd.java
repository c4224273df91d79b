package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import java.util.List;

/**
 * A credential template
 * (https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#repository-credentials).
 * Argo CD takes it for every repository whose URL begins with this one, so it ends in a slash:
 * {@code https://git.example.com} would also be good for {@code
 * https://git.example.com.evil.example}. A CA is none of its keys: Argo CD reads those from
 * argocd-tls-certs-cm.
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
