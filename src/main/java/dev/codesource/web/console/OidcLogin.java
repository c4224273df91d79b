package dev.codesource.web.console;

import dev.codesource.web.SentCookies;
import io.quarkus.oidc.AccessTokenCredential;
import io.quarkus.oidc.IdTokenCredential;
import io.quarkus.oidc.OidcConfigurationMetadata;
import io.quarkus.oidc.OidcSession;
import io.quarkus.oidc.runtime.OidcUtils;
import io.quarkus.security.AuthenticationCompletionException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.AuthenticationRedirectException;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The visitor has logged in at a provider of OpenID Connect. quarkus-oidc verifies the ID token,
 * and renews it; {@link OidcCookies} keeps it. The ID token is what the API server gets, or else
 * what the provider gives in exchange for the access token.
 */
public final class OidcLogin implements Login {

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.console");

  private final CurrentIdentityAssociation identities;
  private final OidcSession session;
  private final OidcCookies cookies;
  private final Usernames usernames;
  private final InstantSource clock;
  private final Optional<String> provider;
  private final Optional<TokenExchange> exchange;

  /**
   * Login with one provider.
   *
   * @param identities of the current request
   * @param session of the current request
   * @param provider how people call it; empty: there is none
   * @param exchange empty: the API server gets the ID token
   */
  public OidcLogin(
      CurrentIdentityAssociation identities,
      OidcSession session,
      OidcCookies cookies,
      Usernames usernames,
      InstantSource clock,
      Optional<String> provider,
      Optional<TokenExchange> exchange) {
    this.identities = identities;
    this.session = session;
    this.cookies = cookies;
    this.usernames = usernames;
    this.clock = clock;
    this.provider = provider;
    this.exchange = exchange;
  }

  /** How people call the provider; empty: there is none. */
  Optional<String> provider() {
    return provider;
  }

  @Override
  public Optional<Visitor> visitor(HttpHeaders headers) {
    return token(headers).flatMap(token -> usernames.visitor(token, clock.instant()));
  }

  /**
   * The session's token for the API server; empty: there is no session, or it is over and could not
   * be renewed.
   */
  private Optional<BearerToken> token(HttpHeaders headers) {
    return identity(headers).flatMap(this::token);
  }

  private Optional<BearerToken> token(SecurityIdentity identity) {
    return exchange.isEmpty()
        ? Optional.ofNullable(identity.getCredential(IdTokenCredential.class))
            .flatMap(credential -> BearerToken.of(credential.getToken()))
        : Optional.ofNullable(identity.getCredential(AccessTokenCredential.class))
            .flatMap(credential -> Optional.ofNullable(credential.getToken()))
            .map(exchange.get()::of);
  }

  @Override
  public boolean isOver(HttpHeaders headers) {
    return provider.isPresent()
        && cookies.areSent(SentCookies.of(headers))
        && identity(headers).isEmpty();
  }

  /**
   * On the way to the provider and back.
   *
   * @return the token for the API server; empty: this login did not begin in this browser, or was
   *     given up
   * @throws AuthenticationFailedException nobody is logged in: Quarkus sends the visitor to the
   *     provider
   * @throws AuthenticationRedirectException somebody has just logged in: Quarkus sends them here
   *     again, without what the provider added to the address
   * @throws TokenExchange.NotExchanged the provider has no token for the API server
   */
  Optional<BearerToken> arrive() {
    SecurityIdentity identity;
    try {
      identity = identities.getDeferredIdentity().await().indefinitely();
    } catch (AuthenticationCompletionException refused) {
      LOG.debugf(refused, "A login was not completed");
      return Optional.empty();
    }
    IdTokenCredential credential = identity.getCredential(IdTokenCredential.class);
    if (credential == null) {
      throw new AuthenticationFailedException();
    }
    return token(identity);
  }

  private Optional<SecurityIdentity> identity(HttpHeaders headers) {
    // Without its cookies no request is a session's, whatever a cookie of quarkus-oidc says.
    if (provider.isEmpty() || !cookies.areSent(SentCookies.of(headers))) {
      return Optional.empty();
    }
    try {
      return Optional.of(identities.getDeferredIdentity().await().indefinitely());
    } catch (RuntimeException over) {
      LOG.debugf(over, "A session with a provider is over");
      return Optional.empty();
    }
  }

  /**
   * Where the visitor can log out of the provider itself; empty: it does not say, or no session.
   */
  Optional<String> logoutPage(HttpHeaders headers) {
    return identity(headers)
        .map(
            identity ->
                identity.<OidcConfigurationMetadata>getAttribute(
                    OidcUtils.CONFIG_METADATA_ATTRIBUTE))
        .flatMap(metadata -> Optional.ofNullable(metadata.getEndSessionUri()));
  }

  /** Has quarkus-oidc end the session of the current request. */
  void logOut(HttpHeaders headers) {
    if (identity(headers).isPresent()) {
      session.logout().await().indefinitely();
    }
  }

  @Override
  public List<String> end() {
    return provider.isEmpty() ? List.of() : cookies.end();
  }
}
