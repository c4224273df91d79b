package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import java.util.List;

/**
 * The cloneSecret of a Build; with the annotation Shipwright reconciles the Build when the Secret
 * changes (https://shipwright.io/docs/build/authentication/#build-secrets-annotation).
 */
final class Shipwright implements Consumer {

  @Override
  public Publication publication() {
    return Publication.Shipwright;
  }

  @Override
  public List<DesiredSecret> secrets(String name, SecretContent what) {
    return List.of(
        DesiredSecret.of(publication(), name, DesiredSecret.BASIC_AUTH, what)
            .withAnnotation("build.shipwright.io/referenced.secret", "true")
            .withLogin(what));
  }
}
