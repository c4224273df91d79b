package dev.codesource.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The settings of the console, which is a process of its own. */
@ConfigMapping(prefix = "codesource.console")
public interface ConsoleSettings {

  /** The address of the API server. */
  @WithDefault("https://kubernetes.default.svc")
  URI apiServer();

  /**
   * A file with the certificates of the authorities that may have signed the API server's, in PEM;
   * default: those that Java trusts.
   */
  Optional<Path> apiServerCa();

  /**
   * What sessions are encrypted with: at least 32 characters that nobody can guess, the same for
   * all replicas. Default: a new one at each start.
   */
  Optional<String> sessionKey();

  Oidc oidc();

  Proxy proxy();

  /**
   * Login at a provider of OpenID Connect, whose ID tokens the API server must accept.
   * application.properties hands the settings to Quarkus.
   */
  interface Oidc {

    /** Whether there is a provider. */
    @WithDefault("false")
    boolean enabled();

    /** The issuer: where the provider's configuration is, without /.well-known/…. */
    Optional<URI> issuer();

    /** As whom the console is registered at the provider. */
    Optional<String> clientId();

    /** Default: the console is registered as a public client. */
    Optional<String> clientSecret();

    /** What is asked for besides {@code openid}. */
    @WithDefault("profile,email")
    List<String> scopes();

    /**
     * Whether browsers reach the console by https, although it serves http itself: then the
     * provider sends them back by https.
     */
    @WithDefault("true")
    boolean httpsRedirect();

    /** How people call the provider: a button says "Log in with" and this name. */
    @WithDefault("single sign-on")
    String name();

    Exchange exchange();
  }

  /** Another token than the ID token, for an API server with another audience (RFC 8693). */
  interface Exchange {

    /** The audience of the API server. Default: it gets the ID token. */
    Optional<String> audience();

    /** What is asked for. Default: what the provider gives by itself. */
    Optional<List<String>> scopes();
  }

  /** A proxy in front that logs people in. */
  interface Proxy {

    /** Whether the token in the header Authorization of a request is the visitor's. */
    @WithDefault("false")
    boolean tokens();
  }
}
