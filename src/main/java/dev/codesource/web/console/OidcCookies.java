package dev.codesource.web.console;

import dev.codesource.digest.Sha256;
import dev.codesource.web.SentCookies;
import io.quarkus.oidc.AuthorizationCodeTokens;
import io.quarkus.oidc.OidcRedirectFilter;
import io.quarkus.oidc.OidcRequestContext;
import io.quarkus.oidc.OidcTenantConfig;
import io.quarkus.oidc.Redirect;
import io.quarkus.oidc.TokenStateManager;
import io.quarkus.security.AuthenticationCompletionException;
import io.quarkus.security.AuthenticationFailedException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Keeps the tokens of a session with a provider in cookies that only this host can set ({@code
 * __Host-}). The cookies of quarkus-oidc can be set by another host of the same domain too, which
 * could so have a visitor work in the session of somebody else. So these have no say: they hold no
 * token, and a login ends only in the browser in which it began.
 */
@Redirect(Redirect.Location.OIDC_AUTHORIZATION)
public final class OidcCookies implements TokenStateManager, OidcRedirectFilter {

  /** What quarkus-oidc keeps in its own cookie. */
  private static final String ELSEWHERE = "kept-elsewhere";

  private static final String STATE = "__Host-codesource-login-";

  private static final Pattern STATE_PARAMETER = Pattern.compile("[?&]state=([^&#]+)");

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.console");

  /** From the way to the provider until the way back. */
  private static final Duration LONGEST_LOGIN = Duration.ofMinutes(30);

  /** As long as providers let a session last; each of its tokens ends earlier. */
  private static final Duration LONGEST_SESSION = Duration.ofHours(12);

  private final SealedCookies cookies;
  private final boolean keepsAccessToken;

  /**
   * Cookies of replicas that share a key.
   *
   * @param secret at least 32 characters that nobody can guess
   * @param keepsAccessToken whether something is asked with it
   * @throws IllegalArgumentException if the secret is shorter
   */
  public OidcCookies(String secret, boolean keepsAccessToken) {
    this.cookies = new SealedCookies("oidc", secret);
    this.keepsAccessToken = keepsAccessToken;
  }

  /** Whether a request has the cookies of a session. */
  boolean areSent(SentCookies sent) {
    return cookies.read(sent).isPresent();
  }

  List<String> end() {
    return cookies.forget();
  }

  /** On the way to the provider: the browser is to remember that the login began in it. */
  @Override
  public void filter(OidcRedirectContext redirect) {
    Matcher state = STATE_PARAMETER.matcher(redirect.redirectUri());
    if (state.find()) {
      add(redirect.routingContext(), began(state.group(1), LONGEST_LOGIN));
    }
  }

  @Override
  public Uni<String> createTokenState(
      RoutingContext context,
      OidcTenantConfig config,
      AuthorizationCodeTokens tokens,
      OidcRequestContext<String> request) {
    HttpServerRequest sent = context.request();
    boolean isLogin = sent.getParam("code") != null; // else the tokens of a session are renewed
    String state = Objects.requireNonNullElse(sent.getParam("state"), "");
    if (isLogin ? sent(context).value(nameOf(state)).isEmpty() : read(context).isEmpty()) {
      return Uni.createFrom()
          .failure(
              new AuthenticationCompletionException("This login did not begin in this browser."));
    }
    try {
      if (isLogin) {
        add(context, began(state, Duration.ZERO));
      }
      cookies.keep(bytes(tokens), LONGEST_SESSION).forEach(cookie -> add(context, cookie));
      return Uni.createFrom().item(ELSEWHERE);
    } catch (IllegalArgumentException tooLong) {
      LOG.warn(
          "The provider's tokens are too long for cookies: who has such tokens cannot log in. Have it put fewer claims into them, such as groups.");
      return Uni.createFrom().failure(new AuthenticationCompletionException(tooLong));
    }
  }

  @Override
  public Uni<AuthorizationCodeTokens> getTokens(
      RoutingContext context,
      OidcTenantConfig config,
      String state,
      OidcRequestContext<AuthorizationCodeTokens> request) {
    return read(context)
        .map(tokens -> Uni.createFrom().item(tokens))
        .orElseGet(() -> Uni.createFrom().failure(new AuthenticationFailedException()));
  }

  @Override
  public Uni<Void> deleteTokens(
      RoutingContext context,
      OidcTenantConfig config,
      String state,
      OidcRequestContext<Void> request) {
    cookies.forget().forEach(cookie -> add(context, cookie));
    return Uni.createFrom().voidItem();
  }

  private Optional<AuthorizationCodeTokens> read(RoutingContext context) {
    return cookies.read(sent(context)).flatMap(OidcCookies::tokens);
  }

  private static SentCookies sent(RoutingContext context) {
    return SentCookies.of(context.request().headers().getAll(HttpHeaders.COOKIE));
  }

  private static void add(RoutingContext context, String cookie) {
    context.response().headers().add("Set-Cookie", cookie);
  }

  private static String began(String state, Duration age) {
    return "%s=1; Path=/; Max-Age=%d; Secure; HttpOnly; SameSite=Lax"
        .formatted(nameOf(state), age.toSeconds());
  }

  /** Each tab has a login of its own. */
  private static String nameOf(String state) {
    byte[] digest = Sha256.of(state.getBytes(StandardCharsets.UTF_8));
    return STATE + HexFormat.of().formatHex(digest, 0, 16);
  }

  private byte[] bytes(AuthorizationCodeTokens tokens) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(out)) {
      data.writeUTF(tokens.getIdToken());
      data.writeUTF(Objects.requireNonNullElse(tokens.getRefreshToken(), ""));
      data.writeUTF(
          keepsAccessToken ? Objects.requireNonNullElse(tokens.getAccessToken(), "") : "");
    } catch (java.io.UTFDataFormatException e) {
      throw new IllegalArgumentException("These tokens are too long for cookies.", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static Optional<AuthorizationCodeTokens> tokens(byte[] bytes) {
    try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(bytes))) {
      String id = data.readUTF();
      String refresh = data.readUTF();
      String access = data.readUTF();
      AuthorizationCodeTokens tokens = new AuthorizationCodeTokens();
      tokens.setIdToken(id);
      if (!refresh.isEmpty()) {
        tokens.setRefreshToken(refresh);
      }
      if (!access.isEmpty()) {
        tokens.setAccessToken(access);
      }
      return Optional.of(tokens);
    } catch (IOException ofAnotherVersion) {
      return Optional.empty();
    }
  }
}
