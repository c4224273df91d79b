package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import java.util.List;

/**
 * The Secret of a GitRepository
 * (https://fluxcd.io/flux/components/source/gitrepositories/#basic-access-authentication). Not
 * {@code bearerToken}: with the tokens of these platforms Flux asks for basic authentication.
 * {@code ca.crt} is its name for a CA (#https-certificate-authority).
 */
final class Flux implements Consumer {

  @Override
  public Publication publication() {
    return Publication.Flux;
  }

  @Override
  public List<DesiredSecret> secrets(String name, SecretContent what) {
    return List.of(
        DesiredSecret.of(publication(), name, DesiredSecret.OPAQUE, what)
            .withLogin(what)
            .with("ca.crt", what.authorities()));
  }
}
