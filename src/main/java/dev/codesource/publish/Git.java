package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import java.util.List;

/** Files for whatever runs git, or reads what git reads: Kaniko, a Job. */
final class Git implements Consumer {

  @Override
  public Publication publication() {
    return Publication.Git;
  }

  @Override
  public List<DesiredSecret> secrets(String name, SecretContent what) {
    return List.of(
        DesiredSecret.of(publication(), name, DesiredSecret.OPAQUE, what)
            .with(GitFiles.CREDENTIALS, GitFiles.credentials(what))
            .with(GitFiles.NETRC, GitFiles.netrc(what))
            .with("ca.crt", what.authorities()));
  }
}
