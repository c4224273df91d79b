package dev.codesource.publish;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec.RegistryInstance;
import dev.codesource.api.Platform;
import dev.codesource.codehost.GitLogin;
import java.util.Optional;

/**
 * The content of a binding's published Secrets: a proven credential and its site.
 *
 * @param login the user name and password for git
 * @param authorities the certificates that are trusted for the site instead of the public ones, in
 *     PEM form
 */
public record SecretContent(
    Platform platform,
    SiteUrl site,
    GitLogin login,
    Optional<String> authorities,
    Optional<RegistryInstance> registry) {

  String username() {
    return login.username();
  }

  String password() {
    return login.password().reveal();
  }

  String origin() {
    return site.origin().toString();
  }
}
