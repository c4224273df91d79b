package dev.codesource.app;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.web.console.Changes;
import dev.codesource.web.console.Login;
import dev.codesource.web.console.OidcCookies;
import dev.codesource.web.console.OidcLogin;
import dev.codesource.web.console.PlatformGuide;
import dev.codesource.web.console.ProxyLogin;
import dev.codesource.web.console.SessionCookie;
import dev.codesource.web.console.TokenExchange;
import dev.codesource.web.console.Usernames;
import dev.codesource.web.console.VisitorClients;
import dev.codesource.web.console.Visits;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.OidcSession;
import io.quarkus.oidc.client.OidcClient;
import io.quarkus.oidc.client.OidcClientConfigBuilder;
import io.quarkus.oidc.client.OidcClients;
import io.quarkus.oidc.client.runtime.OidcClientConfig;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;

/** Creates the objects of the console from its settings. */
@Singleton
final class ConsoleWiring {

  private static final String SESSION_KEY = "console.session-key";
  private static final int KEY_BYTES = 32;
  private static final Duration PROVIDER_TIMEOUT = Duration.ofSeconds(10);

  private final ConsoleSettings settings;

  ConsoleWiring(ConsoleSettings settings) {
    this.settings = settings;
  }

  @Produces
  @Singleton
  VisitorClients clients(Vertx vertx) {
    return new VisitorClients(
        settings.apiServer(),
        settings.apiServerCa().map(ConsoleWiring::readable),
        // Whole objects: a visitor sees also what the operator does not keep.
        new KubernetesSerialization(ApiServerJson.mapper(), true),
        ApiServerClient.factory(vertx, VisitorClients.LONGEST_WATCH.plusSeconds(20)));
  }

  @Produces
  @Singleton
  SessionCookie sessions(Clock clock) {
    return SettingException.reading(SESSION_KEY, () -> new SessionCookie(sessionKey(), clock));
  }

  /** In place of what quarkus-oidc keeps tokens in. */
  @Produces
  @Singleton
  @Unremovable
  @Alternative
  @Priority(1)
  OidcCookies oidcCookies() {
    return SettingException.reading(
        SESSION_KEY,
        () -> new OidcCookies(sessionKey(), settings.oidc().exchange().audience().isPresent()));
  }

  @Produces
  @Singleton
  Usernames usernames(VisitorClients clients) {
    return new Usernames(clients);
  }

  @Produces
  @Singleton
  OidcLogin oidc(
      CurrentIdentityAssociation identities,
      OidcSession session,
      OidcCookies cookies,
      Usernames usernames,
      OidcClients clients,
      Clock clock) {
    return new OidcLogin(
        identities,
        session,
        cookies,
        usernames,
        clock,
        settings.oidc().enabled() ? Optional.of(settings.oidc().name()) : Optional.empty(),
        settings
            .oidc()
            .exchange()
            .audience()
            .map(
                audience ->
                    new TokenExchange(
                        exchanging(settings.oidc(), audience, clients), audience, clock)));
  }

  private static Supplier<OidcClient> exchanging(
      ConsoleSettings.Oidc oidc, String audience, OidcClients clients) {
    OidcClientConfigBuilder config =
        OidcClientConfig.builder()
            .id("exchange")
            .authServerUrl(oidc.issuer().map(URI::toString).orElse(""))
            .clientId(oidc.clientId().orElse(""))
            .grant(OidcClientConfig.Grant.Type.EXCHANGE)
            .audience(audience)
            .scopes(oidc.exchange().scopes().orElse(List.of()))
            .connectionTimeout(PROVIDER_TIMEOUT);
    oidc.clientSecret().ifPresent(config::credentials);
    // Of quarkus-oidc, which asks the same provider.
    ConfigProvider.getConfig()
        .getOptionalValue("quarkus.oidc.tls.tls-configuration-name", String.class)
        .ifPresent(config::tlsConfigurationName);
    return () -> clients.newClient(config.build()).await().atMost(PROVIDER_TIMEOUT);
  }

  @Produces
  @Singleton
  Visits visits(
      SessionCookie sessions,
      OidcLogin oidc,
      Usernames usernames,
      VisitorClients clients,
      Clock clock) {
    List<Login> logins =
        settings.proxy().tokens()
            ? List.of(new ProxyLogin(usernames, clock), sessions, oidc)
            : List.of(sessions, oidc);
    return new Visits(logins, clients);
  }

  private String sessionKey() {
    return settings.sessionKey().orElseGet(ConsoleWiring::key);
  }

  @Produces
  @Singleton
  Changes changes(VisitorClients clients) {
    return new Changes(clients);
  }

  /** Quarkus waits for what is in progress, and open pages would be until they are closed. */
  void beforeTheEnd(
      @Observes ShutdownDelayInitiatedEvent event, Settings process, Instance<Changes> changes) {
    if (process.role() == Settings.Role.CONSOLE) {
      changes.get().stop();
    }
  }

  @Produces
  @Singleton
  PlatformGuide.All platforms(Clock clock) {
    CodeHosts hosts = SupportedCodeHosts.all(clock);
    return new PlatformGuide.All(
        Stream.of(Platform.values()).map(hosts::of).map(ConsoleWiring::guide).toList());
  }

  private static PlatformGuide guide(CodeHost host) {
    return new PlatformGuide(
        host.platform().name(),
        host.publicSite(),
        List.copyOf(host.tokenPageScopes()),
        host.tokenPage(),
        host::withoutRepository);
  }

  private static String key() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static Path readable(Path file) {
    return SettingException.reading(
        "console.api-server-ca",
        () -> {
          try {
            Files.readString(file);
            return file;
          } catch (IOException e) {
            throw new IllegalArgumentException("\"%s\" cannot be read.".formatted(file), e);
          }
        });
  }
}
