package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * What BuildKit sends when it reads a repository of the site: the build secret {@code
 * GIT_AUTH_HEADER.<host>}
 * (https://docs.docker.com/build/building/secrets/#git-authentication-for-remote-contexts), whose
 * value is that of the header {@code Authorization}. In the name of the build secret BuildKit has
 * the host as the address of the repository does, with a port (source/git/source.go).
 *
 * <p>BuildKit's git reads no configuration and no variable for a CA (util/gitutil/git_cli.go), so
 * {@code ca.crt} has to become a part of the trust store of its image.
 */
final class BuildKit implements Consumer {

  /** How its one key begins that has not always the same name. */
  static final String HEADER = "GIT_AUTH_HEADER.";

  /** RFC 7617, in the letters that BuildKit itself writes. */
  static final String SCHEME = "basic ";

  @Override
  public Publication publication() {
    return Publication.BuildKit;
  }

  @Override
  public List<DesiredSecret> secrets(String name, SecretContent what) {
    return List.of(
        DesiredSecret.of(publication(), name, DesiredSecret.OPAQUE, what)
            .with(key(what), header(what))
            .with("ca.crt", what.authorities()));
  }

  /**
   * The name of the build secret, with an underscore for each character that the key of a Secret
   * cannot have: the colon before a port, and what is around and in an IPv6 address.
   */
  private static String key(SecretContent what) {
    return HEADER + what.site().origin().authority().replaceAll("[^A-Za-z0-9._-]", "_");
  }

  private static String header(SecretContent what) {
    String login = what.username() + ":" + what.password();
    return SCHEME + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
  }
}
