package dev.codesource.web.console;

import dev.codesource.web.Html;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import jakarta.ws.rs.core.UriInfo;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Each request goes through here: it finds out who visits, gives the page a client that acts as
 * they do, and turns every refusal of the API server into a page that says so.
 */
public final class Visits {

  /** The parameter of the login page for a session that the API server has ended. */
  static final String OVER = "over=true";

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
  record Visit(Visitor visitor, KubernetesClient api, String path) {}

  Optional<Visitor> visitor(HttpHeaders headers) {
    return logins.stream().flatMap(login -> login.visitor(headers).stream()).findFirst();
  }

  /** The values of the Set-Cookie headers with which the browser forgets every session. */
  List<String> end() {
    return logins.stream().flatMap(login -> login.end().stream()).toList();
  }

  /** A page; without a session the visitor is sent to the login page, and comes back. */
  Response show(HttpHeaders headers, UriInfo uri, Function<Visit, Response> page) {
    Optional<Visitor> visitor;
    try {
      visitor = visitor(headers);
    } catch (KubernetesClientException e) {
      return refused(e, Optional.empty(), headers, uri);
    }
    if (visitor.isEmpty()) {
      return login(headers, uri, "");
    }
    try (KubernetesClient api = clients.of(visitor.get().token())) {
      return page.apply(new Visit(visitor.get(), api, path(uri)));
    } catch (KubernetesClientException e) {
      return refused(e, visitor, headers, uri);
    }
  }

  /** An action; it is done only if a page of this console sent it. */
  Response change(HttpHeaders headers, UriInfo uri, Function<Visit, Response> action) {
    return SameOrigin.sent(headers, uri)
        ? show(headers, uri, action)
        : problem(403, Optional.empty(), Problem.NOT_FROM_HERE);
  }

  private Response refused(
      KubernetesClientException refusal,
      Optional<Visitor> visitor,
      HttpHeaders headers,
      UriInfo uri) {
    return switch (refusal.getCode()) {
      case HttpURLConnection.HTTP_UNAUTHORIZED -> {
        ResponseBuilder response = Response.fromResponse(login(headers, uri, "&" + OVER));
        end().forEach(cookie -> response.header(HttpHeaders.SET_COOKIE, cookie));
        yield response.build();
      }
      case HttpURLConnection.HTTP_FORBIDDEN ->
          problem(403, visitor, Problem.forbidden(visitor, refusal));
      case HttpURLConnection.HTTP_NOT_FOUND -> problem(404, visitor, Problem.NOT_FOUND);
      case HttpURLConnection.HTTP_CONFLICT -> problem(409, visitor, Problem.conflict(refusal));
      case HttpURLConnection.HTTP_BAD_REQUEST, 422 ->
          problem(422, visitor, Problem.invalid(refusal));
      default -> {
        LOG.warnf("The API server did not answer: %s", refusal.getMessage());
        yield problem(503, visitor, Problem.UNAVAILABLE);
      }
    };
  }

  static Response problem(int status, Optional<Visitor> visitor, Problem problem) {
    return page(status, ConsolePages.problem(Layout.of(problem.title(), visitor), problem));
  }

  private static Response login(HttpHeaders headers, UriInfo uri, String more) {
    String login = "/login?next=" + URLEncoder.encode(path(uri), StandardCharsets.UTF_8) + more;
    // A part that the page asks for by itself: the whole page has to go there.
    return headers.getHeaderString("HX-Request") != null
        ? Response.status(Response.Status.UNAUTHORIZED).header("HX-Redirect", login).build()
        : to(login).build();
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
  static ResponseBuilder to(String path) {
    return Response.status(Response.Status.SEE_OTHER).header(HttpHeaders.LOCATION, path);
  }

  /** The path and query of the request, which is below this site. */
  private static String path(UriInfo uri) {
    URI request = uri.getRequestUri();
    return request.getRawPath()
        + Optional.ofNullable(request.getRawQuery()).map(query -> "?" + query).orElse("");
  }

  /** A form, on a page with this way to it. */
  static Response form(Visit visit, int status, FormPage page, Layout.Crumb... trail) {
    return page(
        status,
        ConsolePages.form(Layout.of(page.title(), Optional.of(visit.visitor()), trail), page));
  }

  static Response page(int status, TemplateInstance template) {
    return Html.withScripts(
            Response.status(status)
                .type(MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .entity(template.render()))
        .build();
  }
}
