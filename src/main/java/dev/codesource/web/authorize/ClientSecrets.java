package dev.codesource.web.authorize;

import dev.codesource.credential.OAuthClientSecret;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.runtime.SecretMetadataClient;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/** The Secrets of OAuth applications, from the API server: the pages have no informers. */
record ClientSecrets(OwnedSecretStore store, SecretMetadataClient names)
    implements OAuthClientSecret.Source {

  @Override
  public Optional<Secret> find(String namespace, String name) {
    return store.find(namespace, name, OAuthClientSecret.TYPE);
  }

  @Override
  public boolean hasOtherType(String namespace, String name) {
    return names.hasOtherType(namespace, name, OAuthClientSecret.TYPE);
  }
}
