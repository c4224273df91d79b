package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import java.util.List;
import java.util.Locale;

/**
 * The Secret of a Provisioned Service
 * (https://servicebinding.io/spec/core/1.1.0/#provisioned-service): its entries are files in a
 * workload. {@code certificates} is for client certificates, so the CA is {@code ca.crt}.
 */
final class ServiceBinding implements Consumer {

  @Override
  public Publication publication() {
    return Publication.ServiceBinding;
  }

  @Override
  public List<DesiredSecret> secrets(String name, SecretContent what) {
    return List.of(
        DesiredSecret.of(publication(), name, "servicebinding.io/git", what)
            .with("type", "git")
            .with("provider", what.platform().name().toLowerCase(Locale.ROOT))
            .with("uri", what.site().toString())
            .with("host", what.site().origin().host())
            .with("port", Integer.toString(what.site().origin().port()))
            .withLogin(what)
            .with("ca.crt", what.authorities())
            .with(DesiredSecret.registry(what, "")));
  }
}
