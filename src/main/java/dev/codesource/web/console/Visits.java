package dev.codesource.web.console;

import dev.codesource.web.Html;
import dev.codesource.web.console.Layout.Crumb;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Each request goes through here: it finds out who visits, gives the page a client that acts as
 * they do, and turns every refusal of the API server into a page that says so.
 */
public final class Visits {

  /** The parameter of the login page for a session that the API server has ended. */
  static final String OVER = "over=true";

  /** The parameter of the login page for a session that the provider does not renew. */
  static final String ENDED = "ended=true";

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.console");

  private final List<Login> logins;
  private final VisitorClients clients;

  /**
   * Visits of people who log in.
   *
   * @param logins the ways to do so; the first one that a request has counts
   */
  public Visits(List<Login> logins, VisitorClients clients) {
    this.logins = List.copyOf(logins);
    this.clients = clients;
  }

  /** One request of a visitor who has logged in. */
  record Visit(Visitor visitor, KubernetesClient api, AnswerBudget.Share share, Call call) {

    String namespace() {
      return call.namespace();
    }

    String name() {
      return call.name();
    }

    /**
     * The object that the address names.
     *
     * @throws KubernetesClientException if there is none, or the visitor may not see it
     */
    <T extends HasMetadata> T object(Class<T> kind) {
      return found(api.resources(kind).inNamespace(namespace()).withName(name()).get());
    }

    /** A page of this visitor. */
    Layout layout(String title, Crumb... trail) {
      return Layout.of(title, Optional.of(visitor), trail);
    }
  }

  Optional<Visitor> visitor(HttpHeaders headers) {
    return logins.stream().flatMap(login -> login.visitor(headers).stream()).findFirst();
  }

  /** As {@link #visitor}, for a page that shows everybody the same; empty also: nobody can tell. */
  Optional<Visitor> visitorToShow(HttpHeaders headers) {
    try {
      return visitor(headers);
    } catch (KubernetesClientException | TokenExchange.NotExchanged unknown) {
      return Optional.empty();
    }
  }

  /** A page; without a session the visitor is sent to the login page, and comes back. */
  Response show(Call call, Function<Visit, Response> page) {
    return show(call, call.path(), page);
  }

  /**
   * As {@link #show(Call, Function)}.
   *
   * @param back where the visitor comes back to after a login
   */
  private Response show(Call call, String back, Function<Visit, Response> page) {
    Optional<Visitor> visitor;
    try {
      visitor = visitor(call.headers());
    } catch (KubernetesClientException e) {
      return refused(e, Optional.empty(), call, back);
    } catch (TokenExchange.NotExchanged e) {
      return notExchanged(e);
    }
    if (visitor.isEmpty()) {
      return logins.stream().anyMatch(login -> login.isOver(call.headers()))
          ? forgotten(login(call, back, "&" + ENDED))
          : login(call, back, "");
    }
    AnswerBudget.Share share = clients.share();
    try (share;
        KubernetesClient api = clients.of(visitor.get().token(), share)) {
      return page.apply(new Visit(visitor.get(), api, share, call));
    } catch (KubernetesClientException e) {
      return share.isExhausted()
          ? problem(503, visitor, Problem.BUSY)
          : refused(e, visitor, call, back);
    }
  }

  /**
   * An action; it is done only if a page of this console sent it. After a login the visitor comes
   * back to the page with the form or the button: there is no page of the action itself.
   */
  Response change(Call call, Function<Visit, Response> action) {
    return from(call, () -> show(call, Call.form(call.path()), action));
  }

  /** As {@link #change(Call, Function)}, of what a form has. */
  Response change(
      Call call, MultivaluedMap<String, String> sent, BiFunction<Visit, Entries, Response> action) {
    return from(
        call,
        sent,
        entries -> show(call, Call.form(call.path()), visit -> action.apply(visit, entries)));
  }

  /** What also those may do who have not logged in, on a page of this console. */
  Response from(Call call, Supplier<Response> action) {
    return call.isFromThisConsole()
        ? action.get()
        : problem(403, Optional.empty(), Problem.NOT_FROM_HERE);
  }

  /** As {@link #from(Call, Supplier)}, with what a form has. */
  Response from(
      Call call, MultivaluedMap<String, String> sent, Function<Entries, Response> action) {
    return from(
        call,
        () -> {
          Entries entries = new Entries(sent);
          return entries.isTooLarge()
              ? tooLarge(call.uri().getRequestUri().getRawPath())
              : action.apply(entries);
        });
  }

  /**
   * The answer to a request that is too large.
   *
   * @param path of the request, which a browser has resolved and encoded
   */
  public static Response tooLarge(String path) {
    return problem(413, Optional.empty(), Problem.tooLarge(LoginResource.local(Call.form(path))));
  }

  private Response refused(
      KubernetesClientException refusal, Optional<Visitor> visitor, Call call, String back) {
    return switch (refusal.getCode()) {
      case HttpURLConnection.HTTP_UNAUTHORIZED -> forgotten(login(call, back, "&" + OVER));
      case HttpURLConnection.HTTP_FORBIDDEN ->
          whole(call.headers(), problem(403, visitor, Problem.forbidden(visitor, refusal)));
      case HttpURLConnection.HTTP_NOT_FOUND ->
          whole(call.headers(), problem(404, visitor, Problem.NOT_FOUND));
      case HttpURLConnection.HTTP_CONFLICT -> problem(409, visitor, Problem.conflict(refusal));
      case HttpURLConnection.HTTP_BAD_REQUEST, 422 ->
          problem(422, visitor, Problem.invalid(refusal));
      default -> {
        LOG.warnf("The API server was not asked, or did not answer: %s", refusal.getMessage());
        yield problem(503, visitor, Problem.unavailable(refusal));
      }
    };
  }

  /** A part that the page asks for by itself is not all that is over: it then asks for itself. */
  private static Response whole(HttpHeaders headers, Response problem) {
    return headers.getHeaderString("HX-Request") == null
        ? problem
        : Response.fromResponse(problem).header("HX-Refresh", "true").build();
  }

  /** The session ends with it, so that nobody is sent round in circles. */
  Response notExchanged(TokenExchange.NotExchanged refusal) {
    return refusal.isRefused()
        ? forgotten(problem(403, Optional.empty(), Problem.notExchanged(refusal)))
        : problem(503, Optional.empty(), Problem.notExchanged(refusal));
  }

  /** With the headers with which the browser forgets every session. */
  Response forgotten(Response answer) {
    ResponseBuilder response = Response.fromResponse(answer);
    logins.stream()
        .flatMap(login -> login.end().stream())
        .forEach(cookie -> response.header(HttpHeaders.SET_COOKIE, cookie));
    return response.build();
  }

  static Response problem(int status, Optional<Visitor> visitor, Problem problem) {
    return page(status, ConsolePages.problem(Layout.of(problem.title(), visitor), problem));
  }

  private static Response login(Call call, String back, String more) {
    String login = "/login?next=" + URLEncoder.encode(back, StandardCharsets.UTF_8) + more;
    // A part that the page asks for by itself: the whole page has to go there.
    return call.headers().getHeaderString("HX-Request") != null
        ? Response.status(Response.Status.UNAUTHORIZED).header("HX-Redirect", login).build()
        : to(login);
  }

  /**
   * What the API server gave.
   *
   * @throws KubernetesClientException with the status 404, if it gave nothing
   */
  static <T> T found(@Nullable T object) {
    if (object == null) {
      throw new KubernetesClientException("Not found", HttpURLConnection.HTTP_NOT_FOUND, null);
    }
    return object;
  }

  /** Relative: a proxy before the console may have another scheme, host and port. */
  static Response to(String path) {
    return Response.status(Response.Status.SEE_OTHER).header(HttpHeaders.LOCATION, path).build();
  }

  /** A form, on a page with this way to it. */
  static Response form(Visit visit, FormPage page, Crumb... trail) {
    return form(200, visit, page, trail);
  }

  private static Response form(int status, Visit visit, FormPage page, Crumb... trail) {
    return page(status, ConsolePages.form(visit.layout(page.title(), trail), page));
  }

  /**
   * After a form was sent.
   *
   * @param again the form with what is wrong; empty: what it says was written
   * @param next the page that shows what was written
   */
  static Response after(Optional<Submission> again, String next, Visit visit, Crumb... trail) {
    return again
        .map(sent -> form(sent.status(), visit, sent.page(), trail))
        .orElseGet(() -> to(next));
  }

  static Response page(int status, TemplateInstance template) {
    return Html.withScripts(
            Response.status(status)
                .type(MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .entity(template.render()))
        .build();
  }
}
