package dev.codesource.web.console;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Login with a token or at a provider, and logout. */
@Path("/")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class LoginResource {

  /** Where the provider sends people back to. */
  static final String PROVIDER_PATH = "login/oidc";

  private final Usernames usernames;
  private final SessionCookie sessions;
  private final OidcLogin oidc;
  private final Visits visits;
  private final Clock clock;

  LoginResource(
      Usernames usernames, SessionCookie sessions, OidcLogin oidc, Visits visits, Clock clock) {
    this.usernames = usernames;
    this.sessions = sessions;
    this.oidc = oidc;
    this.visits = visits;
    this.clock = clock;
  }

  /** The form; the provider sends people here, too, whom it did not log in. */
  @GET
  @Path("login")
  public Response ask(
      @QueryParam("next") @Nullable String next,
      @QueryParam("over") @Nullable String over,
      @QueryParam("ended") @Nullable String ended,
      @QueryParam("error") @Nullable String refusal,
      @Context HttpHeaders headers) {
    if (over != null && ProxyLogin.token(headers).isPresent()) {
      return notAccepted(ProxyLogin.token(headers).get());
    }
    if (over != null) {
      return form(
          200, next, "Your session is over: the cluster no longer accepts your token.", null);
    }
    if (ended != null) {
      return form(
          200,
          next,
          "Your session is over: %s has ended it, or does not renew it."
              .formatted(oidc.provider().orElse("the provider")),
          null);
    }
    return form(200, next, null, refusal == null ? null : refusal(refusal));
  }

  /**
   * The provider's code for why it let nobody in (RFC 6749 section 4.1.2.1); anybody can write it.
   */
  static String refusal(String code) {
    return code.matches("[a-z_]{1,40}")
        ? "The provider did not log you in: %s.".formatted(code)
        : "The provider did not log you in.";
  }

  /** Logs in. The token is checked by the API server, and kept in the browser's cookie. */
  @POST
  @Path("login")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response logIn(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.from(call, sent, this::logIn);
  }

  private Response logIn(Entries entries) {
    String next = entries.text("next");
    Optional<BearerToken> token = BearerToken.of(entries.text("token"));
    if (token.isEmpty()) {
      return form(
          422,
          next,
          null,
          "This is not a token. Paste what kubectl create token prints, and nothing else.");
    }
    try {
      return usernames
          .ask(token.get())
          .map(username -> begin(token.get(), username, local(next)))
          .orElseGet(() -> form(403, next, null, NOT_ACCEPTED));
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
        return form(403, next, null, NOT_ACCEPTED);
      }
      Problem problem = Problem.unavailable(e);
      return form(503, next, null, problem.what() + " " + problem.remedy());
    }
  }

  private static final String NOT_ACCEPTED =
      "The cluster does not accept this token. It may have expired, or be of another cluster.";

  private Response begin(BearerToken token, String username, String next) {
    Visitor visitor = Visitor.of(token, username, clock.instant());
    ResponseBuilder response = Response.fromResponse(Visits.to(next));
    sessions.begin(visitor).forEach(cookie -> response.header(HttpHeaders.SET_COOKIE, cookie));
    return response.build();
  }

  /**
   * The way to the provider and back. The API server says whether it accepts who comes back; if
   * not, the session ends, so that nobody is sent round in circles.
   */
  @GET
  @Path(PROVIDER_PATH)
  public Response arrived(@QueryParam("next") @Nullable String next, @Context HttpHeaders headers) {
    if (oidc.provider().isEmpty()) {
      return Visits.problem(404, Optional.empty(), Problem.NOT_FOUND);
    }
    Optional<BearerToken> token;
    try {
      token = oidc.arrive();
    } catch (TokenExchange.NotExchanged e) {
      if (e.isRefused()) {
        oidc.logOut(headers);
      }
      return visits.notExchanged(e);
    }
    if (token.isEmpty()) {
      return Visits.problem(401, Optional.empty(), Problem.NO_LOGIN);
    }
    try {
      if (usernames.of(token.get()).isPresent()) {
        return Visits.to(local(next));
      }
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_UNAUTHORIZED) {
        return Visits.problem(503, Optional.empty(), Problem.unavailable(e));
      }
    }
    oidc.logOut(headers);
    return visits.forgotten(notAccepted(token.get()));
  }

  private static Response notAccepted(BearerToken token) {
    return Visits.problem(403, Optional.empty(), Problem.notAccepted(TokenClaims.of(token)));
  }

  /** Logs out: the browser forgets the token, which goes on to be valid. */
  @POST
  @Path("logout")
  public Response logOut(@BeanParam Call call) {
    return visits.from(call, () -> logOut(call.headers()));
  }

  private Response logOut(HttpHeaders headers) {
    Optional<String> atProvider = oidc.logoutPage(headers);
    oidc.logOut(headers);
    LoginForm form =
        new LoginForm(
            "/",
            oidc.provider().orElse(null),
            atProvider.filter(page -> page.startsWith("https://")).orElse(null),
            goodbye(headers),
            null);
    return visits.forgotten(page(200, form));
  }

  /** What a proxy in front brings, the console cannot end. */
  static String goodbye(HttpHeaders headers) {
    return ProxyLogin.token(headers).isPresent()
        ? "You are still logged in: the proxy in front of the console logs you in. Log out there."
        : "You have logged out of the console.";
  }

  private Response form(
      int status, @Nullable String next, @Nullable String notice, @Nullable String error) {
    return page(
        status, new LoginForm(local(next), oidc.provider().orElse(null), null, notice, error));
  }

  private static Response page(int status, LoginForm form) {
    return Visits.page(status, ConsolePages.login(Layout.of("Log in", Optional.empty()), form));
  }

  /** Only a path of this site: else the login could send people elsewhere. */
  static String local(@Nullable String next) {
    return next != null && next.matches("/(?![/\\\\])[\\x21-\\x7e&&[^\\\\]]{0,1000}") ? next : "/";
  }
}
