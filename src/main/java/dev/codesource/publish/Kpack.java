package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import java.util.List;

/**
 * A Secret for the ServiceAccount of an Image, which kpack uses for the site of its annotation
 * (https://github.com/buildpacks-community/kpack/blob/main/docs/secrets.md#git-secrets).
 */
final class Kpack implements Consumer {

  @Override
  public Publication publication() {
    return Publication.Kpack;
  }

  @Override
  public List<DesiredSecret> secrets(String name, SecretContent what) {
    return List.of(
        DesiredSecret.of(publication(), name, DesiredSecret.BASIC_AUTH, what)
            .withAnnotation("kpack.io/git", what.origin())
            .withLogin(what));
  }
}
